import type { Place } from '../errors.ts';
import { ALWAYS, allOf, anyOf, type Condition } from '../logic/condition.ts';
import { OPERATIONS, type Operation } from '../logic/fact.ts';
import type { LaneSource } from './cascade.ts';
import { ConditionCompiler, isOperation } from './condition.ts';
import type { Definitions } from './definitions.ts';
import { readInstant } from './matcher.ts';
import type { Names } from './names.ts';
import { suggest } from './nearest.ts';
import { entriesAt, itemsAt, type LaneNode, textAt, textsOf, valueAt } from './node.ts';
import { type Problems, quoted } from './problems.ts';
import {
  type Approval,
  type Ceiling,
  type Deny,
  type Grant,
  LEVELS,
  type Level,
  type NeverRule,
  type Obligation,
  type PartialGrant,
  type PartialState,
  type Quota,
  type Span,
} from './ruleset.ts';
import schema from './schema.json' with { type: 'json' };

/** The rules of all files as they are gathered. */
export interface RuleLists {
  readonly grants: Grant[];
  readonly denies: Deny[];
  readonly obligations: Obligation[];
  readonly ceilings: Ceiling[];
  readonly quotas: Quota[];
  readonly partial: PartialGrant[];
  readonly never: NeverRule[];
}

/** What the schema lets pass as an instant; the calendar is looked up here. */
const INSTANT = new RegExp(schema.$defs.instant.pattern, 'u');

const GUARD_KEYS = new Set(['id', 'deny', 'require', 'why', 'ask', 'enforce']);
const FREEZE_KEYS = new Set(['id', 'deny', 'from', 'until', 'why', 'ask', 'enforce']);
const QUOTA_KEYS = new Set(['id', 'per_plan', 'why', 'ask', 'enforce']);
const NEVER_KEYS = new Set(['id', 'why', 'ask', 'even_with_approval']);

/** Any of the alternatives of a `may`; of none = nothing. */
export function compileMay(node: LaneNode | null, compiler: ConditionCompiler): Condition {
  return anyOf(alternatives(node).map((one) => compiler.condition(one)));
}

function alternatives(node: LaneNode | null): readonly LaneNode[] {
  if (node === null) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** Reads the rules of one file into the lists. */
export class RuleReader {
  readonly #source: LaneSource;
  readonly #definitions: Definitions;
  readonly #problems: Problems;
  readonly #lists: RuleLists;
  readonly #names: Names;
  readonly #compiler: ConditionCompiler;
  readonly #scope: Condition;
  readonly #level: Level;

  constructor(source: LaneSource, definitions: Definitions, lists: RuleLists, problems: Problems) {
    this.#source = source;
    this.#definitions = definitions;
    this.#problems = problems;
    this.#lists = lists;
    this.#names = definitions.namesAt(source.speaks);
    this.#compiler = new ConditionCompiler(this.#names, problems);
    this.#level = LEVELS[source.speaks] ?? source.level;
    this.#scope = this.#readScope();
  }

  /** `maxGrant` in milliseconds, null = no cap. */
  read(maxGrant: number | null): void {
    const { root } = this.#source;
    for (const { key, at, value } of entriesAt(root, 'lanes')) this.#lane(key, at, value);
    for (const node of itemsAt(root, 'guards')) this.#guard(node);
    for (const node of itemsAt(root, 'quotas')) this.#quota(node);
    for (const node of itemsAt(root, 'freezes')) this.#freeze(node);
    for (const node of itemsAt(root, 'grants')) this.#temporary(node, maxGrant);
    for (const node of itemsAt(root, 'ceilings')) this.#ceiling(node);
    for (const node of itemsAt(root, 'never')) this.#never(node);
  }

  #readScope(): Condition {
    const { root, level } = this.#source;
    const scope = root.entries.get('scope');
    if (!scope) return ALWAYS;
    if (level === 'org')
      this.#problems.add(scope.at, 'an org file has no `scope`', 'its rules hold everywhere; put narrower ones in a file below');
    return this.#compiler.condition(scope.value);
  }

  #lane(name: string, at: Place, node: LaneNode): void {
    this.#definitions.defined.add('lane', name, at);
    const who = this.#who(node);
    const may = valueAt(node, 'may');
    const partial = node.kind === 'map' ? node.entries.get('partial') : undefined;
    if (may === null && !partial) this.#problems.add(at, `lane ${quoted(name)} grants nothing`, 'say `may: [...]`');
    const { level, ask, enforce } = this.#rule(node);
    const why = textAt(node, 'why') ?? textAt(node, 'summary');
    for (const one of alternatives(may)) {
      const when = allOf([this.#scope, this.#compiler.condition(one)]);
      this.#lists.grants.push({ kind: 'lane', id: name, at: one.at, level, why, ask, enforce, who, when, span: null });
    }
    if (!partial) return;
    if (this.#source.root.entries.has('scope')) {
      this.#problems.add(
        partial.at,
        '`partial` in a file with a `scope`',
        'a plan as a whole has no account or module; put the lane in a file without `scope`',
      );
    }
    const states = new Set(textsOf(partial.value).map((t) => t.text as PartialState));
    this.#lists.partial.push({ lane: name, at: partial.at, who, states });
  }

  #guard(node: LaneNode): void {
    if (node.kind !== 'map') {
      this.#problems.gap(node.at);
      return;
    }
    const rule = { ...this.#identified('guard', node), kind: 'guard' as const };
    const deny = node.entries.get('deny');
    const require_ = node.entries.get('require');
    const operations = node.entries.get('do');
    if (deny && require_)
      this.#problems.add(
        require_.at,
        '`require` together with `deny`',
        'a guard denies or asks for an approval; write two guards',
      );
    if (!deny && !require_)
      this.#problems.add(node.at, 'a guard without `deny` or `require`', 'say `deny: [destroy]` or `require: {approval: …}`');
    if (deny && operations) this.#problems.add(operations.at, '`do` together with `deny`', 'list the operations under `deny`');
    const when = this.#when(node, GUARD_KEYS);
    if (deny) this.#lists.denies.push({ ...rule, when: allOf([this.#denied(deny.value), when]), span: null });
    else if (require_)
      this.#lists.obligations.push({ ...rule, when, approval: this.#approval(valueAt(require_.value, 'approval')) });
  }

  #approval(node: LaneNode | null): Approval {
    const from = node && valueAt(node, 'from');
    const team = from && textAt(from, 'team');
    const id = from && textAt(from, 'id');
    if (from && team) this.#knownTeam(team, valueAt(from, 'team')?.at ?? from.at);
    const count = node && valueAt(node, 'count');
    return {
      from: { ...(team ? { team } : {}), ...(id ? { id } : {}) },
      count: count?.kind === 'scalar' && typeof count.value === 'number' ? count.value : 1,
      notBy: textsOf(node && valueAt(node, 'not_by')).map((t) => t.text as 'author' | 'delegator'),
    };
  }

  #knownTeam(team: string, at: Place): void {
    const { teams } = this.#names;
    if (teams && !teams.has(team)) this.#problems.add(at, `unknown team ${quoted(team)}`, suggest(team, teams));
  }

  #quota(node: LaneNode): void {
    const limits = new Map<Operation | 'any', number>();
    for (const { key, at, value } of entriesAt(node, 'per_plan')) {
      const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : 0;
      if (key === 'any' || isOperation(key)) limits.set(key, number);
      else if (this.#names.operations.has(key))
        this.#problems.add(at, `${quoted(key)} is a group, and quotas count single operations`, 'list its operations, or `any`');
      else this.#problems.add(at, `unknown operation ${quoted(key)}`, suggest(key, [...OPERATIONS, 'any']));
    }
    this.#lists.quotas.push({ ...this.#identified('quota', node), kind: 'quota', when: this.#when(node, QUOTA_KEYS), limits });
  }

  #freeze(node: LaneNode): void {
    if (node.kind !== 'map') {
      this.#problems.gap(node.at);
      return;
    }
    const operations = node.entries.get('do');
    if (operations) this.#problems.add(operations.at, '`do` together with `deny`', 'list the operations under `deny`');
    const span = this.#span(node);
    if (!node.entries.has('from') && !node.entries.has('until')) {
      this.#problems.add(node.at, 'a freeze without `from` and `until`', 'give it an end, or make it a guard');
    }
    const denied = this.#denied(valueAt(node, 'deny'));
    const when = allOf([denied, this.#when(node, FREEZE_KEYS)]);
    this.#lists.denies.push({ ...this.#identified('freeze', node), kind: 'freeze', when, span });
  }

  #temporary(node: LaneNode, maxGrant: number | null): void {
    const rule = { ...this.#identified('grant', node), kind: 'grant' as const };
    const why = textAt(node, 'why') ?? textAt(node, 'reason');
    const who = this.#who(node);
    const span = this.#span(node);
    if (maxGrant !== null && span.from !== null && span.until !== null && span.until - span.from > maxGrant) {
      const at = valueAt(node, 'until')?.at ?? node.at;
      this.#problems.add(
        at,
        `the grant lasts ${days(span.until - span.from)}, longer than \`limits.max_grant\` (${days(maxGrant)})`,
        'shorten it',
      );
    }
    for (const one of alternatives(valueAt(node, 'may'))) {
      this.#lists.grants.push({
        ...rule,
        why,
        at: node.at,
        who,
        when: allOf([this.#scope, this.#compiler.condition(one)]),
        span,
      });
    }
  }

  #ceiling(node: LaneNode): void {
    const who = valueAt(node, 'who');
    const covers = allOf([this.#scope, who ? this.#compiler.who(who) : ALWAYS]);
    const may = compileMay(valueAt(node, 'may'), this.#compiler);
    this.#lists.ceilings.push({ ...this.#identified('ceiling', node), kind: 'ceiling', covers, may });
  }

  #never(node: LaneNode): void {
    const { id, at, level, why, ask } = this.#identified('never', node);
    const even = valueAt(node, 'even_with_approval');
    const evenWithApproval = even?.kind === 'scalar' && even.value === true;
    this.#lists.never.push({ id, at, level, why, ask, when: this.#when(node, NEVER_KEYS), evenWithApproval });
  }

  #when(node: LaneNode, own: ReadonlySet<string>): Condition {
    return allOf([this.#scope, this.#compiler.condition(node, own)]);
  }

  #who(node: LaneNode): Condition {
    const who = valueAt(node, 'who');
    if (who) return this.#compiler.who(who);
    this.#problems.gap(node.at);
    return { op: 'any', of: [] };
  }

  #denied(node: LaneNode | null): Condition {
    return { op: 'do', operations: node ? this.#compiler.operations(node) : new Set(OPERATIONS) };
  }

  #identified(kind: string, node: LaneNode) {
    const id = textAt(node, 'id');
    const at = node.kind === 'map' ? node.entries.get('id')?.at : undefined;
    if (id !== null && at) this.#definitions.defined.add(kind, id, at);
    else this.#problems.gap(node.at);
    return { ...this.#rule(node), id: id ?? '' };
  }

  #rule(node: LaneNode) {
    const enforce = textAt(node, 'enforce') !== 'observe';
    return { at: node.at, level: this.#level, why: textAt(node, 'why'), ask: textAt(node, 'ask'), enforce };
  }

  #span(node: LaneNode): Span {
    const from = this.#instant(valueAt(node, 'from'));
    const until = this.#instant(valueAt(node, 'until'));
    if (from !== null && until !== null && until <= from) {
      this.#problems.add(valueAt(node, 'until')?.at ?? node.at, '`until` is not after `from`', 'the rule would never hold');
    }
    return { from, until };
  }

  #instant(node: LaneNode | null): number | null {
    const text = textsOf(node)[0];
    if (!text) return null;
    const time = readInstant(text.text);
    if (time === null && !INSTANT.test(text.text)) this.#problems.gap(text.at);
    else if (time === null)
      this.#problems.add(
        text.at,
        `${quoted(text.text)} is no instant of the calendar with its zone`,
        'write for example "2026-12-18T00:00:00+01:00"',
      );
    return time;
  }
}

const PARTS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** `2d`, `1d 12h`, `2d 1s`: exact, since a grant may be a second too long. */
function days(milliseconds: number): string {
  let rest = milliseconds;
  const told: string[] = [];
  for (const [unit, size] of PARTS) {
    if (rest >= size) told.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return told.join(' ');
}
