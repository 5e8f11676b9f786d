import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { NodeMap } from './document.ts';
import { permits, preparse } from './oracle.ts';
import { CLASSES, PATHS, TEAMS } from './pool.ts';
import { Translator } from './translate.ts';

export interface CedarSpeed {
  readonly policies: number;
  /** Milliseconds to parse and keep the policies. */
  readonly preparse: number;
  readonly decisionsPerSecond: number;
  /** Per second of CPU, which other work on the machine changes less. */
  readonly decisionsPerCpuSecond: number;
}

/** A lane file of so many rules, one policy each; every tenth is a guard. */
export function laneFile(rules: number): NodeMap {
  const at = <T>(items: readonly T[], n: number): T => items[n % items.length] as T;
  const condition = (n: number) => ({
    class: [at(CLASSES, n), at(CLASSES, n + 3)],
    environment: at(['production', 'staging', 'development'], n),
    name: { glob: `service-${n}-*` },
  });
  const numbers = Array.from({ length: rules }, (_, n) => n);
  return {
    inlane: 1,
    level: 'org',
    attributes: { environment: { values: ['production', 'staging', 'development'] } },
    principals: { teams: Object.fromEntries(TEAMS.map((team) => [team, ['dana']])), people: { dana: {} } },
    lanes: Object.fromEntries(
      numbers
        .filter((n) => n % 10 !== 9)
        .map((n) => [`lane-${n}`, { who: { team: at(TEAMS, n) }, may: [{ do: ['create', 'update'], ...condition(n) }] }]),
    ),
    guards: numbers
      .filter((n) => n % 10 === 9)
      .map((n) => ({ id: `guard-${n}`, deny: ['destroy', 'update'], ...condition(n), 'tag.owner': { not: 'dana' } })),
  };
}

/** The request that `laneFile` is asked about: allowed by the last lane alone. */
export function request(rules: number): { [fact: string]: CedarValueJson } {
  const last = Array.from({ length: rules }, (_, n) => n).findLast((n) => n % 10 !== 9) ?? 0;
  return {
    who: { id: 'dana', kind: 'human', assurance: 'asserted', team: [...TEAMS] },
    tag: { owner: 'dana' },
    attr: {},
    class: [CLASSES[last % CLASSES.length] as string],
    environment: ['production', 'staging', 'development'][last % 3] as string,
    name: `service-${last}-a`,
  };
}

/** How fast Cedar decides with preparsed policies, measured for about `seconds`. */
export function bench(rules = 200, seconds = 1): CedarSpeed {
  const { main } = new Translator([laneFile(rules)], { classNames: CLASSES, paths: PATHS }).policies();
  const started = performance.now();
  preparse('bench', main);
  const parsed = performance.now();
  const context = request(rules);
  const decide = () => {
    if (!permits('bench', 'dana', 'update', context)) throw new Error('the request of the benchmark is denied');
  };
  for (let warm = 0; warm < 20; warm += 1) decide();
  let decisions = 0;
  const from = performance.now();
  const cpu = process.cpuUsage();
  const until = from + 1000 * seconds;
  while (performance.now() < until) {
    decide();
    decisions += 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    policies: Object.keys(main).length,
    preparse: parsed - started,
    decisionsPerSecond: (1000 * decisions) / (performance.now() - from),
    decisionsPerCpuSecond: (1e6 * decisions) / (user + system),
  };
}
