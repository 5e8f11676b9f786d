import type { Answers, Surroundings } from './answers.ts';
import { proposeEnvironment } from './environment.ts';
import type { Evidence } from './evidence.ts';
import { proposeTests } from './examples.ts';
import { carriersOf, keyInWords, keysOf, plansInWords, tagOf } from './keys.ts';
import { type Catalogs, kindsOf, unknownTypes } from './kinds.ts';
import type { Proposal, ProposedAttribute, ProposedClass } from './proposal.ts';
import { proposeGuards, proposeLanes, proposeNever, proposePrincipals, type RuleBasis } from './rules.ts';
import type { Dimension } from './words.ts';

/** What a type of no catalog may be, by its name; null = nothing speaks for any class. */
export type Guess = (type: string) => { readonly class: string; readonly certainty: string; readonly like: string | null } | null;

export interface Knowledge {
  readonly catalogs: Catalogs;
  readonly guess: Guess;
  /** The provider that a source address seems to mirror, or null. */
  readonly mirrored: (source: string) => string | null;
}

/** From what plans and their surroundings say to a lane file. Pure. */
export function propose(evidence: Evidence, around: Surroundings, answers: Answers, known: Knowledge): Proposal {
  const environment = proposeEnvironment(evidence, around, answers);
  const kinds = kindsOf(evidence);
  const basis: RuleBasis = { evidence, kinds, environment, answers };
  const others = (['team', 'service', 'data'] as const).flatMap((dimension) => tagAttribute(evidence, dimension));
  const mirrors = mirrorsOf(evidence, known);
  return {
    attributes: [...(environment === null ? [] : [environment.attribute]), ...others],
    classes: classesOf(evidence, known, mirrors),
    mirrors,
    lanes: proposeLanes(basis),
    guards: proposeGuards(basis),
    never: proposeNever(basis),
    principals: proposePrincipals(basis),
    tests: proposeTests(basis, known.catalogs),
    notes: environment === null ? [nothingSaid(evidence)] : [],
  };
}

function nothingSaid(evidence: Evidence): string {
  return `Nothing in ${plansInWords(evidence)} or around it says which environment it is for (no tag, variable, account, folder or workspace), so everything counts as production: declare \`environment\` to let developers alone elsewhere`;
}

const MEANINGS: Readonly<Record<Exclude<Dimension, 'environment'>, string>> = {
  team: "Whose it is; no rule asks for it yet: `team: {same_as: who.team}` in a lane keeps to what is one's own.",
  service:
    'What it belongs to; no rule asks for it yet: `successor: {same: [service]}` lets an old database go once its successor stands.',
  data: 'What kind of data it holds; no rule asks for it yet.',
};

/** An attribute that tags alone carry: open values, since rules only compare them. */
function tagAttribute(evidence: Evidence, dimension: Exclude<Dimension, 'environment'>): ProposedAttribute[] {
  const keys = keysOf(evidence, dimension);
  const [first] = keys;
  if (first === undefined) return [];
  // Two keys for one thing would have to agree on every resource; the most common one speaks.
  const carriers = carriersOf(keys);
  const used = keys.filter(({ key }) => key === first.key || [...carriers.values()].includes(key));
  const left = keys.filter((key) => !used.includes(key)).map(({ key, total }) => `\`${key}\` (${total})`);
  return [
    {
      name: dimension,
      comments: [MEANINGS[dimension], ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : [])],
      values: null,
      from: used.map((key) => ({
        from: 'tag' as const,
        name: key.key,
        map: null,
        comments: [keyInWords(key, evidence)],
        active: true,
      })),
      tag: tagOf(carriers),
      required: null,
    },
  ];
}

function mirrorsOf(evidence: Evidence, { mirrored }: Knowledge): Proposal['mirrors'] {
  return [...unknownTypes(evidence).keys()].flatMap((source) => {
    const of = mirrored(source);
    return of === null ? [] : [{ source, of }];
  });
}

function classesOf(evidence: Evidence, { guess }: Knowledge, mirrors: Proposal['mirrors']): readonly ProposedClass[] {
  const classes = new Map<string, { readonly isA: string | null; readonly types: string[]; readonly comments: string[] }>();
  for (const [provider, types] of unknownTypes(evidence)) {
    if (mirrors.some(({ source }) => source === provider)) continue;
    for (const [type, count] of types) {
      const proposed = guess(type);
      const isA = proposed?.class ?? null;
      const name = `my-${isA ?? 'kind'}`;
      const entry = classes.get(name) ?? { isA, types: [], comments: [] };
      classes.set(name, entry);
      if (entry.types.includes(type)) continue;
      entry.types.push(type);
      const why =
        proposed === null
          ? 'nothing speaks for any class'
          : `${proposed.certainty}${proposed.like === null ? '' : `, like ${proposed.like}`}`;
      entry.comments.push(`${type} of ${provider || 'no provider'} (${count}): ${why}`);
    }
  }
  return [...classes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => ({ name, ...entry }));
}
