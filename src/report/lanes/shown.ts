import type { AttributeSource } from '../../classify/attribute.ts';
import type { Place } from '../../errors.ts';
import type { Principal } from '../../lanes/registry.ts';
import type { Level, Quota, Ruleset, Span } from '../../lanes/ruleset.ts';
import { spellInstant } from '../../logic/matcher.ts';
import { spellPlace } from '../place.ts';
import { TOOL } from '../tool.ts';
import { valuesOfAttribute } from './domain.ts';
import {
  alternativesInWords,
  attributeInWords,
  ceilingInWords,
  classInWords,
  conditionInWords,
  denyInWords,
  grantInWords,
  mayInWords,
  neverInWords,
  obligationInWords,
  partialInWords,
  quotaInWords,
  requiredInWords,
  tierInWords,
  whoInWords,
} from './english.ts';
import type {
  Matrix,
  MatrixCell,
  Shown,
  ShownAttribute,
  ShownClass,
  ShownKind,
  ShownQuota,
  ShownRule,
  ShownSource,
  ShownSpan,
} from './shown-model.ts';
import { inOrder } from './spelling.ts';

export * from './shown-model.ts';

/** The ruleset as `lanes show` tells it. `now` in milliseconds since the epoch: then spans say whether they are over. */
export function shownRules(ruleset: Ruleset, now?: number): Shown {
  return {
    format: 'inlane-lanes/1',
    tool: TOOL,
    ...(now === undefined ? {} : { now: spellInstant(now) }),
    files: ruleset.files.map(({ path, level, sha256 }) => ({ path, level, sha256 })),
    attributes: shownAttributes(ruleset),
    classes: shownClasses(ruleset),
    operations: [...ruleset.operations].map(([name, operations]) => ({ name, operations: inOrder(operations) })),
    paths: [...ruleset.paths].map(([name, paths]) => ({ name, paths: paths.map((path) => path.text) })),
    providers: [...ruleset.providers].map(([mirror, provider]) => ({ mirror, provider })),
    rules: rulesOf(ruleset, now),
    quotas: ruleset.quotas.map(shownQuota),
    tiers:
      ruleset.tiers &&
      [...ruleset.tiers].map(([name, may]) => ({ name, words: tierInWords(name, may), may: alternativesInWords(may) })),
    principals: principalsOf(ruleset),
    never: ruleset.never.map((never) => ({
      id: never.id,
      at: spellPlace(never.at),
      level: never.level,
      even_with_approval: never.evenWithApproval,
      words: neverInWords(never),
      why: never.why,
      ask: never.ask,
    })),
    tests: ruleset.tests.length,
    observe_allowed: ruleset.observeAllowed,
  };
}

function shownAttributes(ruleset: Ruleset): readonly ShownAttribute[] {
  return [...ruleset.attributes.values()].map((attribute) => {
    const { values, sources, carriers } = attributeInWords(attribute);
    const listed = valuesOfAttribute(attribute);
    return {
      name: attribute.name,
      at: spellPlace(attribute.at),
      values: listed && [...listed].map(([value, aliases]) => ({ value, aliases })),
      sources: attribute.sources.map(shownSource),
      carriers: attribute.carriers && Object.fromEntries(attribute.carriers),
      required: attribute.required && {
        classes: attribute.required.classes,
        on: [...attribute.required.on],
        enforce: attribute.required.enforce,
        words: requiredInWords(attribute.required),
      },
      words: { values, sources, carriers },
    };
  });
}

function shownSource(source: AttributeSource): ShownSource {
  const name =
    source.from === 'tag'
      ? source.key
      : source.from === 'attr'
        ? source.path.text
        : source.from === 'variable'
          ? source.name
          : null;
  return { from: source.from, name, map: source.map };
}

function shownClasses(ruleset: Ruleset): readonly ShownClass[] {
  return [...ruleset.classes.values()].map((definition) => ({
    name: definition.name,
    at: spellPlace(definition.at),
    types: definition.types,
    is_a: definition.isA,
    refines: definition.refines?.class ?? null,
    when: definition.refines && conditionInWords(definition.refines.when),
    words: classInWords(definition),
  }));
}

function rulesOf(ruleset: Ruleset, now: number | undefined): readonly ShownRule[] {
  const { grants, denies, obligations, ceilings, partial } = ruleset;
  const base = (rule: { id: string; at: Place; level: Level; enforce: boolean }) => ({
    id: rule.id,
    at: spellPlace(rule.at),
    level: rule.level,
    enforce: rule.enforce,
  });
  const lanes = grants.map(
    (rule): ShownRule => ({
      kind: rule.kind,
      ...base(rule),
      words: grantInWords(rule),
      who: whoInWords(rule.who),
      may: mayInWords(rule),
      why: rule.why,
      ask: rule.ask,
      span: shownSpan(rule.span, now),
    }),
  );
  const plans = partial.map(
    (rule): ShownRule => ({
      kind: 'partial',
      id: rule.lane,
      at: spellPlace(rule.at),
      level: grants.find((grant) => grant.kind === 'lane' && grant.id === rule.lane)?.level ?? null,
      enforce: true,
      words: partialInWords(rule),
      why: null,
      ask: null,
      span: null,
    }),
  );
  const guards = [
    ...denies.map((rule) => ({ rule, words: denyInWords(rule), approval: null, span: rule.span, kind: rule.kind as ShownKind })),
    ...obligations.map((rule) => ({
      rule,
      words: obligationInWords(rule),
      approval: rule.approval,
      span: null,
      kind: 'approval' as ShownKind,
    })),
    ...ceilings.map((rule) => ({ rule, words: ceilingInWords(rule), approval: null, span: null, kind: 'ceiling' as ShownKind })),
  ].map(
    ({ rule, words, approval, span, kind }): ShownRule => ({
      kind,
      ...base(rule),
      words,
      why: rule.why,
      ask: rule.ask,
      span: shownSpan(span, now),
      ...(approval === null ? {} : { approval: { from: approval.from, count: approval.count, not_by: approval.notBy } }),
    }),
  );
  return [...lanes, ...plans, ...guards];
}

function shownSpan(span: Span | null, now: number | undefined): ShownSpan | null {
  if (span === null) return null;
  const { from, until } = span;
  const ends = { from: from === null ? null : spellInstant(from), until: until === null ? null : spellInstant(until) };
  if (now === undefined) return ends;
  const state = from !== null && now < from ? 'upcoming' : until !== null && now >= until ? 'over' : 'active';
  return { ...ends, state };
}

function shownQuota(quota: Quota): ShownQuota {
  return {
    id: quota.id,
    at: spellPlace(quota.at),
    level: quota.level,
    enforce: quota.enforce,
    words: quotaInWords(quota),
    why: quota.why,
    ask: quota.ask,
    limits: Object.fromEntries(quota.limits),
  };
}

/** Without a list of people, the members of teams are the people. */
function principalsOf({ registry }: Ruleset): Shown['principals'] {
  const people = new Set([...registry.people.keys(), ...[...registry.teams.values()].flat()]);
  return { declared: registry.declared, people: people.size, agents: registry.agents.size, teams: registry.teams.size };
}

/** Answers in any order, put together by class. `isCross` says which classes a resource has besides its own. */
export function shownMatrix(
  principal: Principal,
  answers: Iterable<MatrixCell & { readonly class: string }>,
  about: { readonly attribute: string | null; readonly values: readonly string[]; readonly isCross: (name: string) => boolean },
): Matrix {
  const rows = new Map<string, MatrixCell[]>();
  for (const { class: name, operation, value, answer, by, on } of answers) {
    const cells = rows.get(name) ?? [];
    if (cells.length === 0) rows.set(name, cells);
    cells.push({ operation, value, answer, by, on });
  }
  const { kind, teams, tier, owner } = principal;
  return {
    principal: { id: principal.id, kind: known(kind), teams: known(teams), tier: known(tier), owner: known(owner) },
    attribute: about.attribute,
    values: about.values,
    operations: inOrder([...rows.values()].flat().map((cell) => cell.operation)),
    rows: [...rows].map(([name, cells]) => ({ class: name, cross: about.isCross(name), cells })),
  };
}

function known<T>(value: T | 'unknown'): T | null {
  return value === 'unknown' ? null : value;
}
