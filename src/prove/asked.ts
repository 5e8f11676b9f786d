import type { AttributeSource } from '../classify/attribute.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { type Condition, sameAsKeys } from '../logic/condition.ts';
import type { SuccessorTest } from '../logic/fact.ts';
import type { Matcher } from '../logic/matcher.ts';
import type { PathPattern } from '../logic/path.ts';

/** Everything that some rules ask of a change: what cannot tell two changes apart need not be told apart in a proof. */
export interface Asked {
  /** Fact key to the matchers on it. */
  readonly tests: ReadonlyMap<string, readonly Matcher[]>;
  /** Facts that `same_as` compares. */
  readonly pairs: readonly (readonly [string, string])[];
  /** Lists of paths behind `changes`. */
  readonly changes: readonly (readonly PathPattern[])[];
  readonly successors: readonly SuccessorTest[];
  /** Instants at which spans begin or end, in milliseconds. */
  readonly instants: readonly number[];
  /** Principals that are asked about besides those of the registries, as `--as` spells them. */
  readonly actors: readonly string[];
}

/** The conditions of every rule, class and proof of a ruleset. */
export function conditionsOf(ruleset: Ruleset): Condition[] {
  return [
    ...ruleset.grants.flatMap((rule) => [rule.who, rule.when]),
    ...ruleset.denies.map((rule) => rule.when),
    ...ruleset.obligations.map((rule) => rule.when),
    ...ruleset.ceilings.flatMap((rule) => [rule.covers, rule.may]),
    ...(ruleset.tiers?.values() ?? []),
    ...ruleset.never.map((rule) => rule.when),
    ...[...ruleset.classes.values()].flatMap(({ refines }) => (refines ? [refines.when] : [])),
  ];
}

/** `more`: what is asked besides the rules themselves. */
export function askedOf(
  rulesets: readonly Ruleset[],
  more: { readonly conditions?: readonly Condition[]; readonly actors?: readonly string[] } = {},
): Asked {
  const tests = new Map<string, Matcher[]>();
  const pairs: [string, string][] = [];
  const changes: (readonly PathPattern[])[] = [];
  const successors: SuccessorTest[] = [];
  const visit = (condition: Condition): void => {
    switch (condition.op) {
      case 'all':
      case 'any':
        for (const one of condition.of) visit(one);
        return;
      case 'not':
        visit(condition.of);
        return;
      case 'fact':
        (tests.get(condition.key) ?? tests.set(condition.key, []).get(condition.key))?.push(condition.test);
        for (const other of sameAsKeys(condition.test)) pairs.push([condition.key, other]);
        return;
      case 'changes':
        changes.push(condition.paths);
        return;
      case 'successor':
        successors.push(condition.test);
    }
  };
  for (const ruleset of rulesets) for (const condition of conditionsOf(ruleset)) visit(condition);
  for (const condition of more.conditions ?? []) visit(condition);
  const spans = rulesets.flatMap(({ denies, grants }) => [...denies, ...grants].map((rule) => rule.span));
  const instants = spans.flatMap((span) => [span?.from ?? [], span?.until ?? []].flat());
  return { tests, pairs, changes, successors, instants, actors: more.actors ?? [] };
}

/** Facts that `same_as` compares with this one, directly or through others; itself among them. */
export function comparedWith(key: string, pairs: Asked['pairs']): Set<string> {
  const group = new Set([key]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const pair of pairs) {
      if (!pair.some((one) => group.has(one)) || pair.every((one) => group.has(one))) continue;
      for (const one of pair) group.add(one);
      grew = true;
    }
  }
  return group;
}

/** The matchers on a fact and on all that it is compared with. */
export function testsAround(key: string, { tests, pairs }: Asked): Matcher[] {
  return [...comparedWith(key, pairs)].flatMap((name) => tests.get(name) ?? []);
}

/** What attributes that are compared with a fact can say. */
export function valuesAround(key: string, { pairs }: Asked, rulesets: readonly Ruleset[]): string[] {
  const others = [...comparedWith(key, pairs)];
  return others.flatMap((name) => rulesets.flatMap(({ attributes }) => [...(attributes.get(name)?.values?.values() ?? [])]));
}

/** The matchers without `not`, `any` and `all`. */
export function leavesOf(matcher: Matcher): Matcher[] {
  switch (matcher.is) {
    case 'not':
      return leavesOf(matcher.of);
    case 'any':
    case 'all':
      return matcher.of.flatMap(leavesOf);
    default:
      return [matcher];
  }
}

/** The fact key whose value a source of an attribute reads; a tag carrier has one per provider. */
export function sourceKeys(source: AttributeSource, carriers: Iterable<string>): string[] {
  switch (source.from) {
    case 'variable':
      return [`variable.${source.name}`];
    case 'attr':
      return [`attr.${source.path.text}`];
    case 'tag':
      return source.carrier ? [...new Set(carriers)].map((key) => `tag.${key}`) : [`tag.${source.key}`];
    default:
      return [source.from];
  }
}
