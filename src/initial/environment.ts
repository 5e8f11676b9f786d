import type { Answers, Surroundings } from './answers.ts';
import type { Evidence, SeenObject } from './evidence.ts';
import { carriersOf, keyInWords, keysOf, managed, plansInWords, type SeenKey, tagOf } from './keys.ts';
import { accountSource, namespaceSource, stackSource, variableSources, workspaceSource } from './places.ts';
import type { ProposedAttribute, ProposedSource, ProposedValue } from './proposal.ts';
import { ENVIRONMENTS, environmentOf, isPlainText, USUAL } from './words.ts';

/** The attribute `environment` with what hangs on it; null = nothing says which environment anything is in. */
export interface ProposedEnvironment {
  readonly attribute: ProposedAttribute;
  /** Values in which developers need no approval. */
  readonly alone: readonly string[];
  /** Values that are known words for something else than production. */
  readonly known: readonly string[];
  /** Accounts that hold one environment in these plans, for somebody to confirm. */
  readonly unconfirmed: ReadonlyMap<string, string>;
}

/** More values than this are no list of environments. */
const MOST_VALUES = 20;

/**
 * Finds what says which environment a resource is in: stack folders, workspaces, variables, accounts, namespaces and tags. What
 * contradicts the tags of the same plan is left out, with a comment.
 */
export function proposeEnvironment(evidence: Evidence, around: Surroundings, answers: Answers): ProposedEnvironment | null {
  const spellings = new Spellings();
  const keys = keysOf(evidence, 'environment').filter(({ values }) => values.size <= MOST_VALUES);
  for (const { values } of keys) for (const value of values.keys()) spellings.add(value);
  const tagged = (object: SeenObject) => environmentByTags(object, keys, spellings);
  const variables = variableSources(evidence, tagged, spellings);
  const byPlan = (object: SeenObject) => tagged(object) ?? variables.of(object);
  const places = [
    stackSource(around, answers.environment),
    workspaceSource(around, evidence, byPlan),
    ...variables.sources,
    namespaceSource(evidence, byPlan),
  ].filter((source) => source !== null);
  const accounts = accountSource(evidence, byPlan, answers);
  const sources = [...places, ...accounts.sources, ...keys.map((key) => tagSource(key, evidence))];
  if (!sources.some(({ active }) => active)) return null;
  const values = spellings.values();
  const known = ENVIRONMENTS.filter(({ name, alone }) => alone && values.some((value) => value.name === name)).map((e) => e.name);
  const carriers = carriersOf(keys);
  return {
    attribute: {
      name: 'environment',
      comments: ['Every source that speaks must agree; where none speaks the environment is unknown, and treated as production.'],
      values,
      from: sources.map((source) => withAllSpellings(source, values)),
      tag: tagOf(carriers),
      required: carriers.size === 0 ? null : requirement(evidence, keys),
    },
    alone: answers.alone === null ? known : values.map(({ name }) => name).filter((name) => answers.alone?.includes(name)),
    known,
    unconfirmed: accounts.unconfirmed,
  };
}

/** Spellings by the value that they mean. */
export class Spellings {
  readonly #byValue = new Map<string, Set<string>>();
  readonly #own = new Map<string, string>();

  /** The value that a spelling means; a word that is no known one is a value of its own, whatever its case. */
  add(spelling: string): string {
    const value = this.of(spelling);
    const spelled = this.#byValue.get(value) ?? new Set();
    this.#byValue.set(value, spelled.add(spelling));
    return value;
  }

  of(spelling: string): string {
    const known = environmentOf(spelling);
    if (known !== null) return known;
    const folded = spelling.toLowerCase();
    const own = this.#own.get(folded) ?? spelling;
    this.#own.set(folded, own);
    return own;
  }

  /** The usual ones first, then those that were only found, by name. */
  values(): readonly ProposedValue[] {
    const order = [...ENVIRONMENTS.map(({ name }) => name), ...[...this.#byValue.keys()].sort()];
    const names = [...new Set(order)].filter((name) => USUAL.has(name) || this.#byValue.has(name));
    return names.map((name) => {
      const spelled = [...new Set([...(USUAL.get(name) ?? []), ...[...(this.#byValue.get(name) ?? [])].sort()])];
      return { name, aliases: spelled.filter((spelling) => spelling !== name) };
    });
  }
}

/** Null where no tag says it, or two say different things. */
function environmentByTags(object: SeenObject, keys: readonly SeenKey[], spellings: Spellings): string | null {
  const said = new Set(
    keys.flatMap(({ key }) => {
      const value = object.tags.get(key);
      return typeof value === 'string' && isPlainText(value) ? [spellings.of(value)] : [];
    }),
  );
  return said.size === 1 ? ([...said][0] ?? null) : null;
}

function tagSource(key: SeenKey, evidence: Evidence): ProposedSource {
  return { from: 'tag', name: key.key, map: null, comments: [keyInWords(key, evidence)], active: true };
}

/** A variable is spelled by hand: the other spellings of the list are as likely in the next plan. */
function withAllSpellings(source: ProposedSource, values: readonly ProposedValue[]): ProposedSource {
  if (source.from !== 'variable' || source.map === null) return source;
  const all = values.flatMap(({ name, aliases }) => [name, ...aliases].map((spelling) => [spelling, name] as const));
  return { ...source, map: new Map(all) };
}

function requirement(evidence: Evidence, keys: readonly SeenKey[]): NonNullable<ProposedAttribute['required']> {
  const carry = ({ tags }: SeenObject) => keys.some(({ key }) => typeof tags.get(key) === 'string');
  const taggable = managed(evidence).filter((object) => object.taggable && object.carrier !== null);
  const bare = taggable.filter((object) => !carry(object));
  if (bare.length === 0)
    return { enforce: true, comments: ['every taggable resource must carry the tag when it is created, replaced or imported'] };
  return {
    enforce: false,
    comments: [
      `${bare.length} of ${taggable.length} taggable resources of ${plansInWords(evidence)} ${bare.length === 1 ? 'lacks' : 'lack'} the tag, so this only reports; say \`required: true\` once every one has it`,
    ],
  };
}
