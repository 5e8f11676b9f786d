import type { Answers, Surroundings } from './answers.ts';
import type { Spellings } from './environment.ts';
import type { Evidence, SeenObject } from './evidence.ts';
import { managed, plansInWords, resources } from './keys.ts';
import type { ProposedSource } from './proposal.ts';
import { dimensionOf, ENVIRONMENTS, environmentOf, isPlainText } from './words.ts';

/** What another source says of a resource's environment; null = nothing. */
type Said = (object: SeenObject) => string | null;

/** More lines than this say nothing to a reader; the rest are counted. */
const MOST_LINES = 40;

/** Folders of the repository whose path names an environment, and the stack itself where somebody said what it is for. */
export function stackSource({ stack, stacks }: Surroundings, answered: string | null): ProposedSource | null {
  const map = new Map<string, string>();
  for (const path of stacks) {
    const found = environmentOfPath(path);
    if (found === null) continue;
    map.set(path === found.prefix ? found.prefix : `${found.prefix}/*`, found.environment);
  }
  const comments: string[] = [];
  if (map.size > 0) comments.push(`${stacks.length} folders of the repository hold configuration; these name their environment`);
  if (answered !== null && stack !== null && stack !== '' && !map.has(stack)) {
    map.set(stack, answered);
    comments.push(`\`${stack}\` is what these plans are for, as you said`);
  }
  if (map.size === 0) return null;
  // The first line that matches speaks: what stands deeper comes first.
  const depth = (path: string) => path.split('/').filter((step) => step !== '*').length;
  const sorted = [...map].sort(([a], [b]) => depth(b) - depth(a) || (a < b ? -1 : 1));
  if (sorted.length > MOST_LINES) comments.push(`${sorted.length - MOST_LINES} more folders are left out`);
  return { from: 'stack', name: null, map: new Map(sorted.slice(0, MOST_LINES)), comments, active: true };
}

/**
 * The folder that names the environment: production wherever it stands (`prod/dev-tools` is production), else the deepest. `live` counts
 * only where no other does, for many repositories keep all of them below it.
 */
function environmentOfPath(path: string): { readonly prefix: string; readonly environment: string } | null {
  const steps = path.split('/');
  const named = steps.flatMap((step, at) => {
    const environment = isPlainText(step) ? environmentOf(step) : null;
    return environment === null ? [] : [{ step, at, environment }];
  });
  const telling = named.filter(({ step }) => step !== 'live');
  const all = telling.length > 0 ? telling : named;
  const one = all.find(({ environment }) => environment === 'production') ?? all.at(-1);
  return one === undefined ? null : { prefix: steps.slice(0, one.at + 1).join('/'), environment: one.environment };
}

/** Workspaces that are there and name an environment. */
export function workspaceSource({ workspaces }: Surroundings, evidence: Evidence, said: Said): ProposedSource | null {
  const map = new Map<string, string>();
  for (const name of workspaces) {
    const environment = isPlainText(name) ? environmentOf(name) : null;
    if (environment !== null) map.set(name, environment);
  }
  if (map.size === 0) return null;
  const [current] = workspaces;
  const meant = current === undefined ? undefined : map.get(current);
  const against = meant === undefined ? 0 : contradicted(evidence, said, () => meant);
  if (against > 0) map.delete(current as string);
  const comments = [
    'give the workspace with `--workspace "$(terraform workspace show)"`: a plan does not say it',
    ...(against > 0
      ? [`\`${current}\` is left out: ${resources(against)} ${against === 1 ? 'says' : 'say'} something else`]
      : []),
  ];
  return map.size === 0 ? null : { from: 'workspace', name: null, map, comments, active: true };
}

/** Root variables that name an environment; one that contradicts the tags of its plan is left out. */
export function variableSources(
  evidence: Evidence,
  tagged: Said,
  spellings: Spellings,
): { readonly sources: readonly ProposedSource[]; readonly of: Said } {
  const byName = new Map<string, Map<number, string>>();
  for (const [plan, { variables }] of evidence.plans.entries()) {
    for (const [name, value] of variables) {
      if (dimensionOf(name)?.dimension !== 'environment' || !isPlainText(name) || !isPlainText(value)) continue;
      if (environmentOf(value) === null) continue;
      byName.set(name, (byName.get(name) ?? new Map<number, string>()).set(plan, value));
    }
  }
  const kept: ReadonlyMap<number, string>[] = [];
  const sources = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]): ProposedSource => {
      const against = contradicted(evidence, tagged, ({ plan }) => meaning(values.get(plan)));
      if (against === 0) {
        for (const value of values.values()) spellings.add(value);
        kept.push(values);
      }
      const told = [...new Set(values.values())].sort().map((value) => `\`${value}\``);
      const comments = [
        `variable \`${name}\` is ${told.join(', ')} in ${plansInWords(evidence)}`,
        ...(against > 0 ? [`left out: the tags of ${resources(against)} say something else`] : []),
      ];
      const map = new Map([...values.values()].map((value) => [value, environmentOf(value) ?? value]));
      return { from: 'variable', name, map, comments, active: against === 0 };
    });
  const of: Said = ({ plan }) => kept.map((values) => meaning(values.get(plan))).find((value) => value !== null) ?? null;
  return { sources, of };
}

function meaning(value: string | undefined): string | null {
  return value === undefined ? null : environmentOf(value);
}

/** Kubernetes namespaces that name an environment. */
export function namespaceSource(evidence: Evidence, said: Said): ProposedSource | null {
  const map = new Map<string, string>();
  for (const object of managed(evidence)) {
    const { namespace } = object;
    const environment = namespace !== null && isPlainText(namespace) ? environmentOf(namespace) : null;
    if (namespace !== null && environment !== null) map.set(namespace, environment);
  }
  for (const [namespace, environment] of map)
    if (contradicted(evidence, said, (object) => (object.namespace === namespace ? environment : null)) > 0)
      map.delete(namespace);
  const comments = [`namespaces of ${plansInWords(evidence)} that name their environment`];
  return map.size === 0 ? null : { from: 'namespace', name: null, map: sorted(map), comments, active: true };
}

/**
 * Accounts: one whose id names its environment, or in which everything else says the same. That an account holds nothing but
 * production takes nobody anything, so it counts at once; that it holds something else must be confirmed.
 */
export function accountSource(
  evidence: Evidence,
  said: Said,
  answers: Answers,
): { readonly sources: readonly ProposedSource[]; readonly unconfirmed: ReadonlyMap<string, string> } {
  const byAccount = new Map<string, { readonly said: Set<string>; count: number }>();
  for (const object of managed(evidence)) {
    const { account } = object;
    if (account === null || !isPlainText(account)) continue;
    const seen = byAccount.get(account) ?? { said: new Set(), count: 0 };
    byAccount.set(account, seen);
    const environment = said(object);
    if (environment === null) continue;
    seen.said.add(environment);
    seen.count += 1;
  }
  const sure = new Map<string, string>();
  const unconfirmed = new Map<string, string>();
  const comments: string[] = [];
  const open: string[] = [];
  for (const [account, { said: others, count }] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const named = environmentOf(account);
    const [only] = others.size === 1 ? others : [];
    const answered = others.size === 0 ? answers.environment : null;
    const told = `${resources(count)} of ${account} ${count === 1 ? 'says' : 'say'} ${[...others].sort().join(', ')}`;
    if (named !== null && [...others].every((other) => other === named)) {
      sure.set(account, named);
      comments.push(`the name of ${account} says ${named}`);
    } else if (answered !== null) {
      sure.set(account, answered);
      comments.push(`${account} is what these plans are for, as you said`);
    } else if (only === undefined) {
      if (others.size > 1) comments.push(`account ${account} is left out: ${told}`);
    } else if (!mayBeAlone(only) || answers.accountsConfirmed) {
      sure.set(account, only);
      comments.push(answers.accountsConfirmed ? `${told}, and you said that it holds nothing else` : told);
    } else {
      unconfirmed.set(account, only);
      open.push(told);
    }
  }
  const source = (map: ReadonlyMap<string, string>, own: readonly string[], active: boolean): ProposedSource[] =>
    map.size === 0 ? [] : [{ from: 'account', name: null, map, comments: own.slice(0, MOST_LINES), active }];
  const confirm = 'take the # away where an account holds nothing else: what no other source speaks of counts as this then';
  return {
    sources: [...source(sure, comments, true), ...source(unconfirmed, [...open.slice(0, MOST_LINES), confirm], false)],
    unconfirmed,
  };
}

function mayBeAlone(environment: string): boolean {
  return ENVIRONMENTS.some(({ name, alone }) => name === environment && alone);
}

/** Resources of which both say something, and not the same. */
function contradicted(evidence: Evidence, said: Said, candidate: Said): number {
  return managed(evidence).filter((object) => {
    const [a, b] = [said(object), candidate(object)];
    return a !== null && b !== null && a !== b;
  }).length;
}

function sorted(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_LINES));
}
