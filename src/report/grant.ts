import type { AtomDecision, RowDecision } from '../decide/decision.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { type Fact, OPERATIONS, type Side } from '../logic/fact.ts';
import type { Remedy } from './report.ts';

/** When a suggested grant holds. Null where no instant may stand in the report; then the user fills it in. */
export type GrantSpan = { readonly from: string; readonly until: string } | null;

/**
 * A temporary grant that would lift the row's denials, as YAML ready for a lane file; null where no grant can: a guard, freeze,
 * ceiling, tier, tag or fault denies as well, the class is not known, nobody is named, or no attribute would narrow it. Scoped by
 * class and by those declared attributes that rules asked for: no other value of the plan may be shown.
 */
export function grantRemedy(
  row: RowDecision,
  ruleset: Ruleset,
  principalOf: (decision: AtomDecision) => Principal,
  span: GrantSpan,
): Remedy | null {
  const denied = row.decisions.filter((d) => d.verdict === 'deny');
  const liftable = denied.every((d) => d.because.every((reason) => reason.kind === 'no-lane' || reason.observed));
  if (denied.length === 0 || !liftable) return null;
  const entries: string[] = [];
  for (const same of groupBy(denied, (d) => JSON.stringify([d.as, d.subject]))) {
    const entry = grantEntry(row, same, ruleset, principalOf(same[0] as AtomDecision), span);
    if (entry === null) return null;
    entries.push(entry);
  }
  const capped = ruleset.ceilings.length > 0 || (ruleset.tiers !== null && denied.some((d) => principalOf(d).kind === 'agent'));
  const text = `a temporary grant, for a lane file${capped ? '; ceilings and tiers still cap it' : ''}`;
  return { kind: 'grant', text, yaml: `grants:\n${entries.join('')}` };
}

function grantEntry(
  row: RowDecision,
  decisions: readonly AtomDecision[],
  ruleset: Ruleset,
  principal: Principal,
  span: GrantSpan,
): string | null {
  if (principal.kind === 'unknown' || (principal.kind === 'agent' && ruleset.tiers !== null && !hasTier(principal))) return null;
  const classes = classesOf(row, decisions);
  if (classes === null) return null;
  const operations = OPERATIONS.filter((operation) => decisions.some((d) => d.operation === operation));
  const attributes: [string, readonly string[]][] = [];
  for (const attribute of ruleset.attributes.values()) {
    if (attribute.values === null) continue;
    const values = valuesOf(row, decisions, attribute.name);
    if (values !== null) attributes.push([attribute.name, values]);
  }
  const scopable = [...ruleset.attributes.values()].some((attribute) => attribute.values !== null);
  if (scopable && attributes.length === 0) return null;
  const may = [['do', operations] as const, ['class', classes] as const, ...attributes].map(
    ([key, values]) => `${scalar(key)}: ${oneOrMany(values)}`,
  );
  const words = ['tmp', ...operations, ...classes, ...attributes.flatMap(([, values]) => values)];
  return [
    `  - id: ${freeId(words.join('-'), ruleset)}`,
    `    who: ${whoOf(principal, attributes.find(([name]) => name === 'team')?.[1])}`,
    ...mapping('may', may),
    `    from: ${JSON.stringify(span?.from ?? 'FROM, an instant such as 2000-01-31T08:00:00Z')}`,
    `    until: ${JSON.stringify(span?.until ?? 'UNTIL, an instant')}`,
    '    reason: "TICKET, and why"\n',
  ].join('\n');
}

/** On one line where that stays short, else one key a line. */
function mapping(key: string, entries: readonly string[]): readonly string[] {
  const line = `    ${key}: {${entries.join(', ')}}`;
  return line.length <= 88 ? [line] : [`    ${key}:`, ...entries.map((entry) => `      ${entry}`)];
}

function hasTier(principal: Principal): boolean {
  return principal.tier !== 'unknown' && principal.tier !== null;
}

/** By kind and team where one team is meant: the resource's own, or the only one there is. Else by id. */
function whoOf(principal: Principal, teamsOfRow: readonly string[] | undefined): string {
  const teams = principal.teams === 'unknown' ? [] : principal.teams;
  const team = teams.find((name) => teamsOfRow?.includes(name)) ?? (teams.length === 1 ? teams[0] : undefined);
  if (team !== undefined) return `{kind: ${principal.kind}, team: ${scalar(team)}}`;
  return `{kind: ${principal.kind}, id: ${scalar(principal.id)}}`;
}

function factOf(row: RowDecision, decision: AtomDecision, side: Side, key: string): Fact | null {
  if (decision.subject === null) return row.classified[side]?.fact(key) ?? null;
  return decision.facts.find((used) => used.side === side && used.fact.key === key)?.fact ?? null;
}

/** The most specific class on each side; null where one is not known. */
function classesOf(row: RowDecision, decisions: readonly AtomDecision[]): readonly string[] | null {
  const names = new Set<string>();
  for (const decision of decisions) {
    const state = factOf(row, decision, decision.side ?? 'after', 'class')?.state;
    if (state?.kind !== 'members') return null;
    const sure = [...state.members].flatMap(([name, is]) => (is === true && typeof name === 'string' ? [name] : []));
    const name = row.classified.classes.find((own) => sure.includes(own)) ?? sure[0];
    if (name === undefined) return null;
    names.add(name);
  }
  return [...names];
}

/** Known values on the sides concerned; null where one is not known, or where no rule asked for it. */
function valuesOf(row: RowDecision, decisions: readonly AtomDecision[], key: string): readonly string[] | null {
  const values = new Set<string>();
  for (const { side, subject } of decisions) {
    const asked = row.decisions
      .filter((decision) => decision.subject === subject)
      .flatMap((decision) => decision.facts)
      .find((used) => used.side === side && used.fact.key === key);
    const state = asked?.fact.state;
    if (state?.kind !== 'value' || typeof state.value !== 'string') return null;
    values.add(state.value);
  }
  return [...values];
}

function freeId(words: string, ruleset: Ruleset): string {
  const base = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const taken = new Set(ruleset.grants.map((grant) => grant.id));
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  return id;
}

function oneOrMany(values: readonly string[]): string {
  return values.length === 1 ? scalar(values[0] as string) : `[${values.map(scalar).join(', ')}]`;
}

/** Plain where YAML 1.2 reads a plain word as that string, quoted otherwise. */
export function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
