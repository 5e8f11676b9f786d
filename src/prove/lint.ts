import type { Place } from '../errors.ts';
import type { Approval, Deny, Grant, Obligation, Ruleset } from '../lanes/ruleset.ts';
import type { Condition, Leaf } from '../logic/condition.ts';
import { spellInstant } from '../logic/matcher.ts';
import { leavesOf } from './asked.ts';
import { bitsOf, type Cube, Inconclusive, type Region } from './cube.ts';
import { Space } from './space.ts';
import type { TypeKnowledge } from './types.ts';
import type { Verdicts } from './verdicts.ts';

export type LintCode =
  | 'contradictory'
  | 'unreachable'
  | 'shadowed'
  | 'broad'
  | 'expired'
  | 'approval-impossible'
  | 'approval-alone'
  | 'pinned'
  | 'tags-only'
  | 'successor-alone'
  | 'untested'
  | 'test-principal'
  | 'test-type'
  | 'inconclusive';

/** One thing about the rules that is legal and probably not meant. Errors: what nobody can ever satisfy. */
export interface Lint {
  readonly code: LintCode;
  readonly severity: 'warning' | 'error';
  readonly at: Place;
  /** Rule, class or attribute. */
  readonly id: string;
  readonly message: string;
  readonly hint: string;
}

/** Everything that lanes.md 6 lists, tests and proofs aside. `now` in milliseconds, null = nothing is called expired. */
export function lintRules(verdicts: Verdicts, types: TypeKnowledge, now: number | null): Lint[] {
  const { ruleset } = verdicts;
  return [
    ...guarded(() => reachability(verdicts)),
    ...guarded(() => approvals(verdicts)),
    ...ruleset.grants.flatMap(broad),
    ...expired(ruleset, now),
    ...pinned(ruleset, types),
    ...attributeSources(ruleset),
    ...successors(ruleset),
  ];
}

/** A question that is too large to answer is told as such and never taken for "nothing found". */
function guarded(find: () => Lint[]): Lint[] {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof Inconclusive)) throw error;
    const at = { file: '', line: 0, column: 0 };
    return [
      {
        code: 'inconclusive',
        severity: 'warning',
        at,
        id: '',
        message: `not every rule could be looked at: ${error.message}`,
        hint: 'use fewer globs and conditions on one fact',
      },
    ];
  }
}

function reachability(verdicts: Verdicts): Lint[] {
  const { ruleset, space } = verdicts;
  const { impossible, cubes } = space;
  const somewhere = (region: Region, blocked: Region): boolean =>
    region.some((cube) => cubes.find(cube, [...impossible, ...blocked]) !== null);
  const lints: Lint[] = [];
  const useful: { grant: Grant; region: Region }[] = [];
  for (const grant of verdicts.grants) {
    const own = verdicts.own(grant);
    const told = naming(grant);
    if (!somewhere(own, [])) {
      lints.push(
        lint(
          'contradictory',
          grant,
          `${told} can never hold: its conditions exclude each other`,
          'drop a condition, or the grant',
        ),
      );
      continue;
    }
    const region = verdicts.granted(grant);
    if (!somewhere(region, [])) {
      lints.push(
        lint(
          'unreachable',
          grant,
          `${told} grants nothing: a ceiling or tier above caps all of it`,
          'widen the cap, or drop the grant',
        ),
      );
      continue;
    }
    if (!somewhere(region, verdicts.denied)) {
      lints.push(
        lint(
          'unreachable',
          grant,
          `${told} grants nothing: guards deny all of it`,
          'drop it, or say in the guard what it lets through',
        ),
      );
      continue;
    }
    useful.push({ grant, region });
  }
  // From the last one up, so that of two alike the later is told; what adds nothing covers nothing.
  const shadowed = new Set<Grant>();
  for (const { grant, region } of [...useful].reverse()) {
    const others = useful.filter(({ grant: other }) => other.span === null && other !== grant && !shadowed.has(other));
    if (
      somewhere(
        region,
        others.flatMap((other) => other.region),
      )
    )
      continue;
    shadowed.add(grant);
    const by = others.find((other) => !somewhere(region, other.region));
    const who = by ? `${naming(by.grant)} (line ${by.grant.at.line}) grants` : 'other grants together grant';
    lints.push(lint('shadowed', grant, `${naming(grant)} adds nothing: ${who} all of it`, 'drop it'));
  }
  for (const rule of ruleset.denies) {
    const region = cubes.intersect([verdicts.regions.of(rule.when, 'true'), verdicts.during(rule.span)]);
    if (!somewhere(region, []))
      lints.push(lint('contradictory', rule, `${rule.kind} \`${rule.id}\` can never hold`, 'drop a condition, or the rule'));
  }
  for (const rule of ruleset.never)
    if (!somewhere(verdicts.regions.of(rule.when, 'not-false'), [])) {
      const message = `never \`${rule.id}\` can never hold, so its proof says nothing`;
      lints.push(lint('contradictory', { ...rule, kind: 'never' }, message, 'drop a condition'));
    }
  for (const rule of ruleset.obligations)
    if (!somewhere(verdicts.regions.of(rule.when, 'true'), []))
      lints.push(lint('contradictory', rule, `guard \`${rule.id}\` can never hold`, 'drop a condition, or the rule'));
  return lints;
}

function approvals({ ruleset, regions, space }: Verdicts): Lint[] {
  const { registry } = ruleset;
  if (!registry.declared) return [];
  return ruleset.obligations.flatMap((rule): Lint[] => {
    const can = approvers(rule.approval, ruleset);
    const asked = `guard \`${rule.id}\` asks for ${rule.approval.count} approval${rule.approval.count === 1 ? '' : 's'}`;
    if (can.length < rule.approval.count) {
      const message = `${asked} of ${approvalFrom(rule.approval)}, which has ${can.length === 0 ? 'nobody who could give one' : `only ${can.length}`}`;
      return [{ ...lint('approval-impossible', rule, message, 'ask for fewer, or of more people'), severity: 'error' }];
    }
    const alone = rule.approval.notBy.includes('author')
      ? can.filter((id) => can.length - 1 < rule.approval.count && concerns(id, regions.of(rule.when, 'not-false'), space))
      : [];
    if (alone.length === 0) return [];
    const message = `${asked}, not by the author: nobody is left to give ${rule.approval.count === 1 ? 'it' : 'them'} for ${alone.map((id) => `\`${id}\``).join(', ')}`;
    return [lint('approval-alone', rule, message, 'add somebody to the team')];
  });
}

/** People who can give an approval: agents cannot, and no team lists one. */
function approvers({ from }: Approval, { registry }: Ruleset): string[] {
  const { id } = from;
  // Where no file lists people, the members of the teams are the people.
  if (id !== undefined)
    return registry.people.has(id) || [...registry.teams.values()].some((team) => team.includes(id)) ? [id] : [];
  if (from.team === undefined) return [];
  return [...new Set(registry.teams.get(from.team) ?? [])];
}

export function approvalFrom({ from }: Approval): string {
  return from.team !== undefined ? `team \`${from.team}\`` : `\`${from.id ?? 'nobody'}\``;
}

function concerns(id: string, region: Region, space: Space): boolean {
  const self: Cube = new Map([[Space.ACTOR, bitsOf(space.actors.length, (cell) => space.actors[cell]?.spelled === id)]]);
  return space.cubes.intersect([region, [self]]).length > 0;
}

/** A grant that names no kind of thing and no place, and does more than read. */
function broad(grant: Grant): Lint[] {
  const leaves = plainLeaves(grant.when);
  const operations = leaves.find((leaf) => leaf.op === 'do');
  if (operations === undefined)
    return [
      lint(
        'broad',
        grant,
        `${naming(grant)} names no operation: it grants all of them, forget, invoke and reclassify too`,
        'say `do: [...]`',
      ),
    ];
  const narrow = leaves.some((leaf) => leaf.op !== 'do' && !(leaf.op === 'fact' && leaf.key === 'now'));
  const harmless = operations.op === 'do' && [...operations.operations].every((operation) => operation === 'read');
  if (narrow || harmless) return [];
  return [lint('broad', grant, `${naming(grant)} holds for every kind of thing everywhere`, 'name a class or an environment')];
}

function expired({ grants, denies }: Ruleset, now: number | null): Lint[] {
  if (now === null) return [];
  return [...new Map([...grants, ...denies].map((rule) => [`${rule.kind} ${rule.id}`, rule])).values()].flatMap((rule) =>
    rule.span !== null && rule.span.until !== null && rule.span.until <= now
      ? [lint('expired', rule, `${rule.kind} \`${rule.id}\` ended ${spellInstant(rule.span.until)}`, 'take it out')]
      : [],
  );
}

/** Spellings of one object: ARNs, resource ids, self links. Accounts and regions are places, not objects. */
const PINNED =
  /^(?:arn:|\/subscriptions\/[^/]+\/resourceGroups\/|projects\/[^/]+\/|(?:i|vol|vpc|subnet|sg|eni|ami|snap|rtb|igw|nat|acl|lt|eipalloc|db)-[0-9a-f]{6,})/;

function pinned(ruleset: Ruleset, types: TypeKnowledge): Lint[] {
  return everyRule(ruleset).flatMap(({ rule, conditions }) => {
    const leaves = conditions.flatMap(plainLeaves);
    const texts = leaves.flatMap((leaf) => (leaf.op === 'fact' ? pinnedTexts(leaf) : []));
    const [first] = texts;
    if (first === undefined) return [];
    const type = leaves.flatMap((leaf) => (leaf.op === 'fact' && leaf.key === 'type' ? leavesOf(leaf.test) : []))[0];
    const found = type?.is === 'equals' ? types.find(String(type.value), 'create')?.row.class : null;
    const hint = `it stops holding when the object is replaced; name its kind${found ? ` (\`class: ${found}\`)` : ''} and an attribute`;
    return [lint('pinned', rule, `${naming(rule)} is pinned to one object: \`${first.key}\` is ${first.text}`, hint)];
  });
}

function pinnedTexts({ key, test }: Leaf & { op: 'fact' }): { key: string; text: string }[] {
  return leavesOf(test).flatMap((leaf) => {
    const text = leaf.is === 'equals' ? leaf.value : leaf.is === 'glob' ? leaf.pattern : null;
    if (typeof text !== 'string') return [];
    const isAddress = key === 'address' && leaf.is === 'equals';
    const isId = /^attr\.(?:id|arn|self_link)$/.test(key) && !text.includes('*');
    return isAddress || isId || PINNED.test(text) ? [{ key, text: `\`${text.slice(0, 80)}\`` }] : [];
  });
}

function attributeSources({ attributes }: Ruleset): Lint[] {
  return [...attributes.values()].flatMap(({ name, at, sources, values }): Lint[] => {
    const from = new Set(sources.map((source) => source.from));
    const base = { severity: 'warning' as const, code: 'tags-only' as const, at, id: name };
    if (values !== null && from.size === 1 && from.has('tag'))
      return [
        {
          ...base,
          message: `attribute \`${name}\` is decided by tags alone: whoever may retag decides it`,
          hint: 'add a source that a plan cannot rewrite, such as `account` or `stack`',
        },
      ];
    const optional = ['tag', 'workspace', 'stack'];
    if (name === 'environment' && from.size > 0 && [...from].every((source) => optional.includes(source)))
      return [
        {
          ...base,
          message: '`environment` is decided by options and tags alone: where neither is given it is unknown, and denies',
          hint: 'add `account` as a source',
        },
      ];
    return [];
  });
}

function successors(ruleset: Ruleset): Lint[] {
  return everyRule(ruleset).flatMap(({ rule, conditions }) =>
    conditions
      .flatMap(plainLeaves)
      .some((leaf) => leaf.op === 'successor' && leaf.test.want === 'present' && leaf.test.same.length === 0)
      ? [
          lint(
            'successor-alone',
            rule,
            `${naming(rule)} takes any object of that type for a successor`,
            'say what it must share: `successor: {same: [service]}`',
          ),
        ]
      : [],
  );
}

type AnyRule = Pick<Grant | Deny | Obligation | Ruleset['ceilings'][number] | Ruleset['quotas'][number], 'id' | 'at'> & {
  readonly kind: string;
};

function everyRule(ruleset: Ruleset): { readonly rule: AnyRule; readonly conditions: readonly Condition[] }[] {
  return [
    ...ruleset.grants.map((rule) => ({ rule, conditions: [rule.who, rule.when] })),
    ...[...ruleset.denies, ...ruleset.obligations, ...ruleset.quotas].map((rule) => ({ rule, conditions: [rule.when] })),
    ...ruleset.ceilings.map((rule) => ({ rule, conditions: [rule.covers, rule.may] })),
  ];
}

export function plainLeaves(condition: Condition): Leaf[] {
  switch (condition.op) {
    case 'all':
    case 'any':
      return condition.of.flatMap(plainLeaves);
    case 'not':
      return plainLeaves(condition.of);
    default:
      return [condition];
  }
}

function naming(rule: { readonly kind: string; readonly id: string }): string {
  return `${rule.kind === 'lane' ? 'a grant of lane' : rule.kind} \`${rule.id}\``;
}

function lint(code: LintCode, rule: AnyRule, message: string, hint: string): Lint {
  return { code, severity: 'warning', at: rule.at, id: rule.id, message, hint };
}
