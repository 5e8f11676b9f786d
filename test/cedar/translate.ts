import { isMap, type Literal, listOf, mapOf, Names, type Node, type NodeMap } from './document.ts';
import { all, and, any, type Expression, negated, not, or, type Pair, quote, sure } from './expression.ts';

/** Lane files as Cedar: `main` decides between granted and denied, each obligation's own set tells whether it is due. */
export interface Policies {
  readonly main: Readonly<Record<string, string>>;
  readonly obligations: ReadonlyMap<string, string>;
}

const TEXT_OR_NULL: ReadonlySet<string> = new Set(['module', 'action_reason', 'dependents']);
const COMPARISONS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** What there is besides what lane files name. */
export interface World {
  readonly classNames: readonly string[];
  /** Every attribute path that can change. */
  readonly paths: readonly string[];
}

/** What stands in one lane file, with its place in the cascade: org is 0. */
interface Sheet {
  readonly file: NodeMap;
  readonly level: number;
  readonly scope: Pair;
}

const LEVELS = ['org', 'project', 'environment', 'component'];

/**
 * Lanes to Cedar by lanes.md 1 and 4. Cedar knows true and false only, so a condition becomes two expressions: a permit
 * takes the one for "surely true", a forbid and an obligation the one for "not surely false".
 */
export class Translator {
  readonly #sheets: readonly Sheet[];
  readonly #world: World;
  readonly names: Names;

  /** `files`: the org file first, those further down after it. */
  constructor(files: readonly NodeMap[], world: World) {
    this.#world = world;
    this.names = new Names(files[0] ?? {});
    this.#sheets = files.map((file) => ({
      file,
      level: LEVELS.indexOf(file.level as string),
      scope: this.#condition(file.scope ?? {}),
    }));
  }

  policies(): Policies {
    const main: Record<string, string> = {};
    const obligations = new Map<string, string>();
    for (const sheet of this.#sheets) {
      this.#grants(sheet, main);
      this.#guards(sheet, main, obligations);
      if (sheet.level === 0) for (const [id, { covers, may }] of this.#ceilings(sheet)) main[id] = forbid(covers, may);
    }
    if (this.names.tiers) {
      const capped = [...this.names.tiers].map(([tier, may]) =>
        and(`context.who.tier == ${quote(tier)}`, this.#alternatives(may).must),
      );
      main.tiers = forbid('context.who.kind == "agent"', and('context.who has tier', or(...capped)));
    }
    return { main, obligations };
  }

  #grants({ file, level, scope }: Sheet, main: Record<string, string>): void {
    // A forbid would cap the grants of the files above too.
    const caps = this.#sheets
      .filter((other) => other.level > 0 && other.level <= level)
      .flatMap((other) => this.#ceilings(other));
    const inside = and(...caps.map(([, { covers, may }]) => or(not(covers), may)));
    const grant = (id: string, who: Node | undefined, may: Node | undefined, live: Expression) => {
      listOf(may).forEach((one, at) => {
        main[`${id} ${at}`] = permit(and(scope.must, live, this.#who(who).must, this.#condition(one).must, inside));
      });
    };
    for (const [name, lane] of Object.entries(mapOf(file.lanes))) grant(`lane ${name}`, mapOf(lane).who, mapOf(lane).may, true);
    for (const node of listOf(file.grants)) {
      const { id, who, may, from, until } = mapOf(node);
      grant(`grant ${id}`, who, may, this.#span(from, until));
    }
  }

  #guards({ file, scope }: Sheet, main: Record<string, string>, obligations: Map<string, string>): void {
    for (const node of [...listOf(file.guards), ...listOf(file.freezes)]) {
      const { id, deny, require: required, why, ask, enforce, from, until, ...rest } = mapOf(node);
      if (enforce === 'observe') continue;
      const when = and(scope.may, this.#condition(rest).may);
      if (deny === undefined) obligations.set(id as string, permit(when));
      else main[`forbid ${id}`] = forbid(and(this.#do(deny), this.#span(from, until), when));
    }
  }

  /** Whom each caps (all who are not surely outside it), and what it lets through. */
  #ceilings({ file, scope }: Sheet): [id: string, { covers: Expression; may: Expression }][] {
    return listOf(file.ceilings).map((node) => {
      const { id, who, may } = mapOf(node);
      const covers = and(scope.may, who === undefined ? true : this.#who(who).may);
      return [`ceiling ${id}`, { covers, may: this.#alternatives(may).must }];
    });
  }

  #alternatives(may: Node | undefined): Pair {
    return any(listOf(may).map((one) => this.#condition(one)));
  }

  #span(from: Node | undefined, until: Node | undefined): Expression {
    return and(
      from === undefined ? true : `context.now >= ${Date.parse(from as string)}`,
      until === undefined ? true : `context.now < ${Date.parse(until as string)}`,
    );
  }

  #do(operations: Node): Expression {
    const actions = this.names.operations(operations).map((operation) => `Action::${quote(operation)}`);
    return `action in [${actions.join(', ')}]`;
  }

  #who(who: Node | undefined): Pair {
    if (who === 'anyone') return sure(true);
    return all(Object.entries(mapOf(who)).map(([key, matcher]) => this.#fact(`who.${key}`, matcher)));
  }

  #condition(node: Node): Pair {
    return all(
      Object.entries(mapOf(node)).map(([key, value]) => {
        if (key === 'do') return sure(this.#do(value));
        if (key === 'who') return this.#who(value);
        if (key === 'unless') return negated(this.#condition(value));
        if (key === 'changes') return sure(this.#changes(value));
        if (key === 'successor') return sure(and('context has successor', `context.successor == ${quote(wanted(value))}`));
        return this.#fact(key, value);
      }),
    );
  }

  #changes(node: Node): Expression {
    return and(
      ...Object.entries(mapOf(node)).map(([how, listed]) => {
        const paths = `[${this.names.paths(listed, this.#world.paths).map(quote).join(', ')}]`;
        if (how === 'only') return `${paths}.containsAll(context.changes)`;
        return how === 'any' ? `context.changes.containsAny(${paths})` : `!context.changes.containsAny(${paths})`;
      }),
    );
  }

  #fact(key: string, matcher: Node): Pair {
    const holds = this.#matcher(key, matcher);
    const has = presence(key);
    if (has === null || !isVoidable(key)) return holds;
    const { value } = onAbsent(matcher);
    return {
      must: or(and(has, holds.must), and(not(has), value === true)),
      may: or(and(has, holds.may), and(not(has), value !== false)),
    };
  }

  /** What a matcher says of a fact that is there, or is the value null. */
  #matcher(key: string, matcher: Node): Pair {
    if (Array.isArray(matcher)) return any(matcher.map((one) => this.#matcher(key, one)));
    if (!isMap(matcher)) return this.#equals(key, this.names.meaning(key, matcher as Literal));
    if (matcher.any !== undefined) return any(listOf(matcher.any).map((one) => this.#matcher(key, one)));
    if (matcher.all !== undefined) return all(listOf(matcher.all).map((one) => this.#matcher(key, one)));
    if (matcher.not !== undefined) return negated(this.#matcher(key, matcher.not));
    if (matcher.exists !== undefined) {
      const has = presence(key) ?? true;
      return sure(matcher.exists ? has : not(has));
    }
    if (matcher.glob !== undefined) return this.#glob(key, matcher.glob as string);
    if (matcher.same_as !== undefined) return sure(sameAs(key, matcher.same_as as string));
    return this.#compare(key, matcher);
  }

  #equals(key: string, literal: Literal): Pair {
    const fact = access(key);
    if (key === 'class') return this.#member(literal as string);
    if (isSet(key)) return sure(`${fact}.contains(${quote(literal as string)})`);
    const has = presence(key) ?? true;
    if (literal === null) return sure(not(has));
    const written = typeof literal === 'string' ? quote(literal) : String(literal);
    if (key.startsWith('attr.')) return typed(key, typeof literal, (value) => `${value} == ${written}`);
    return sure(and(has, `${fact} == ${written}`));
  }

  /** A refined class holds the members of its parent for which its condition holds. */
  #member(name: string): Pair {
    const listed = sure(`context["class"].contains(${quote(name)})`);
    const refined = this.names.refined.get(name);
    return refined ? any([listed, all([this.#member(refined.parent), this.#condition(refined.when)])]) : listed;
  }

  #glob(key: string, glob: string): Pair {
    if (isSet(key)) {
      const pattern = new RegExp(`^${glob.split('*').map(escaped).join('.*')}$`, 's');
      const known = key === 'class' ? [...this.#world.classNames, ...this.names.refined.keys()] : [...this.names.teams.keys()];
      return any(known.filter((name) => pattern.test(name)).map((name) => this.#equals(key, name)));
    }
    const like = (value: string): Expression =>
      or(`${value} like ${quote(glob)}`, glob.endsWith('.**') && `${value} like ${quote(glob.slice(0, -3))}`);
    if (key.startsWith('attr.')) return typed(key, 'string', like);
    return sure(and(presence(key) ?? true, like(access(key))));
  }

  #compare(key: string, bounds: NodeMap): Pair {
    const compare = (value: string) =>
      and(
        ...Object.entries(bounds).map(([name, bound]) => {
          const number = typeof bound === 'string' ? Date.parse(bound) : (bound as number);
          return `${value} ${COMPARISONS[name as keyof typeof COMPARISONS]} ${number}`;
        }),
      );
    return key === 'now' ? sure(compare(access(key))) : typed(key, 'number', compare);
  }
}

function permit(when: Expression): string {
  return `permit (principal, action, resource) when { ${when} };`;
}

function forbid(when: Expression, unless: Expression = false): string {
  return `forbid (principal, action, resource) when { ${when} } unless { ${unless} };`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isSet(key: string): boolean {
  return key === 'class' || key === 'who.team';
}

/** Facts that are absent, rather than null, where they are not there: their absence proves nothing under `not`. */
function isVoidable(key: string): boolean {
  return key.startsWith('tag.') || key === 'who.tier' || key === 'who.owner';
}

function place(key: string): readonly [record: string, name: string] {
  const dot = key.indexOf('.');
  return dot < 0 ? ['context', key] : [`context.${key.slice(0, dot)}`, key.slice(dot + 1)];
}

function access(key: string): string {
  const [record, name] = place(key);
  return `${record}[${quote(name)}]`;
}

/** Whether a fact that may be null or absent has a value; null where it always has one. */
function presence(key: string): string | null {
  if (!isVoidable(key) && !key.startsWith('attr.') && !TEXT_OR_NULL.has(key)) return null;
  const [record, name] = place(key);
  return `${record} has ${quote(name)}`;
}

/** A plan attribute has one member named after its type. Of another type than the rule's literal: unknown. */
function typed(key: string, type: string, test: (value: string) => Expression): Pair {
  const has = presence(key) ?? true;
  const value = access(key);
  const fits = `${value} has ${type}`;
  const holds = test(`${value}.${type}`);
  return { must: and(has, fits, holds), may: and(has, or(not(fits), holds)) };
}

function sameAs(key: string, other: string): Expression {
  if (isSet(key)) return `${access(key)}.contains(${access(other)})`;
  return isSet(other) ? `${access(other)}.contains(${access(key)})` : `${access(key)} == ${access(other)}`;
}

/** An entry that spells `present` means a successor that shares whatever a rule asks for. */
function wanted(node: Node): string {
  return node === 'absent' ? 'absent' : 'present';
}

type Kleene = boolean | null;

/** A matcher on a fact that is absent: its value, and that of its negation. `exists` is certain, all else proves nothing. */
function onAbsent(matcher: Node): { readonly value: Kleene; readonly negation: Kleene } {
  if (Array.isArray(matcher)) return onAbsent({ any: matcher });
  if (isMap(matcher)) {
    const parts = listOf(matcher.any ?? matcher.all ?? []).map(onAbsent);
    const values = parts.map((p) => p.value);
    const negations = parts.map((p) => p.negation);
    if (matcher.any !== undefined) return { value: least(values, true), negation: least(negations, false) };
    if (matcher.all !== undefined) return { value: least(values, false), negation: least(negations, true) };
    if (matcher.exists !== undefined) return { value: !matcher.exists, negation: matcher.exists as boolean };
    if (matcher.not !== undefined) {
      const { negation } = onAbsent(matcher.not);
      return { value: negation, negation: negation === null ? null : !negation };
    }
  }
  return { value: false, negation: null };
}

/** Kleene's or (`decisive` true) and and (false); null is unknown. */
function least(values: readonly Kleene[], decisive: boolean): Kleene {
  if (values.includes(decisive)) return decisive;
  return values.includes(null) ? null : !decisive;
}
