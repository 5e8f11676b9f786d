import { tmpdir } from 'node:os';
import { stringify } from 'yaml';
import { loadClasses } from '../providers/classes.ts';
import type { AtomicChange } from '../src/classify/model.ts';
import { decideAtom } from '../src/decide/atom.ts';
import { Decider } from '../src/decide/decider.ts';
import { loadRuleset } from '../src/lanes/load.ts';
import { resolvePrincipal } from '../src/lanes/principal.ts';
import type { Ruleset } from '../src/lanes/ruleset.ts';
import { type Fact, known } from '../src/logic/fact.ts';
import { askedOf } from '../src/prove/asked.ts';
import { prove } from '../src/prove/never.ts';
import { Space } from '../src/prove/space.ts';
import { loadTypes } from '../src/prove/types.ts';
import { Verdicts } from '../src/prove/verdicts.ts';
import { bench as cedar, laneFile, request } from '../test/cedar/bench.ts';
import { opaSpeed } from './opa.ts';

// Speed of the rules themselves: decisions a second against Cedar and OPA on the same rules and the same request, and what loading,
// compiling and proving cost. CPU time of this process; the peers run in the same run. Bundled and started by bench/rules.mjs.

const RULES = 200;
const MANY = 1000;
const SECONDS = Number(process.argv[2] ?? 1);

/** Milliseconds of CPU of all threads that a piece of work takes, each time that it is done. */
async function cpu(runs: number, work: () => unknown): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const from = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(from);
    samples.push((user + system) / 1000);
  }
  return samples;
}

/** The first time, when V8 compiles what is run, too, and the median of the times after it. */
function told([first, ...later]: readonly number[]): string {
  return `${median(later).toFixed(1)} (${first?.toFixed(0)} the first time)`;
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1] as number;
}

/** Times a second of CPU that something can be done. */
function rate(seconds: number, work: () => unknown): number {
  for (let warm = 0; warm < 2000; warm += 1) work();
  let done = 0;
  const from = process.cpuUsage();
  const until = performance.now() + 1000 * seconds;
  while (performance.now() < until) for (let i = 0; i < 500; i += 1, done += 1) work();
  const { user, system } = process.cpuUsage(from);
  return (1e6 * done) / (user + system);
}

async function load(text: string): Promise<Ruleset> {
  const read = (path: string) => (path.endsWith('inlane.yaml') ? text : null);
  const classNames = new Set(loadClasses().keys());
  return (await loadRuleset({ lanes: ['inlane.yaml'], stack: '.', cwd: tmpdir(), classNames, read })).ruleset;
}

/** The request of the Cedar benchmark as an atomic change, its facts established. */
function changeOf(rules: number): AtomicChange {
  const asked = request(rules) as unknown as {
    readonly class: readonly string[];
    readonly environment: string;
    readonly name: string;
  };
  const facts = new Map<string, Fact>([
    ['environment', known('environment', asked.environment)],
    ['name', known('name', asked.name)],
    ['tag.owner', known('tag.owner', 'dana')],
    [
      'class',
      {
        key: 'class',
        state: { kind: 'members', members: new Map(asked.class.map((name) => [name, true])), open: null },
        sources: [],
      },
    ],
  ]);
  return {
    operation: 'update',
    side: 'after',
    subject: null,
    because: null,
    fact: (key) => facts.get(key) as Fact,
    changedPaths: () => [],
    successor: () => ({ value: 'unknown', why: null }),
  };
}

function whole(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}

const many = stringify(laneFile(MANY));
const context = { now: 0, repository: null, ref: null, event: null };
async function loaded(text: string): Promise<Decider> {
  const rules = await load(text);
  return new Decider(rules, resolvePrincipal('dana', {}, rules.registry), context);
}
// Before the heap is full of what the others leave behind: a process loads its rules first.
const loading = await cpu(1, () => loaded(many));
const ruleset = await load(stringify(laneFile(RULES)));
const principal = resolvePrincipal('dana', {}, ruleset.registry);
loading.push(...(await cpu(7, () => loaded(many))));
const decider = new Decider(ruleset, principal, context);
const change = changeOf(RULES);
if (decider.verdict(change) !== 'allow') throw new Error('the request of the benchmark is denied');
const verdicts = rate(SECONDS, () => decider.verdict(change));
const explained = rate(SECONDS, () => decideAtom(change, ruleset, principal, context));
const peer = cedar(RULES, SECONDS);
const opa = await opaSpeed(laneFile(RULES), request(RULES));

console.log(`node ${process.version}; per second of CPU, ${RULES} rules\n`);
console.log(`verdicts                 ${whole(verdicts)}`);
console.log(`decisions with reasons   ${whole(explained)}`);
console.log(
  `Cedar (wasm, preparsed)  ${whole(peer.decisionsPerCpuSecond)}   inlane is ${whole(verdicts / peer.decisionsPerCpuSecond)} x`,
);
console.log(
  opa === null
    ? 'OPA                      skipped: no `opa` on the PATH (go install github.com/open-policy-agent/opa@v1.10.0)'
    : `OPA (opa bench)          ${whole(opa)}   inlane is ${whole(verdicts / opa)} x`,
);

// The first is settled by who acts and what is done, the second only by the last condition of every lane of such a class and place.
const proofs = `${many}never:
  - {id: N, who: {kind: agent}, do: [destroy, forget], class: database, environment: production}
  - {id: M, do: [create, update], class: database, environment: production, name: elsewhere}
`;
console.log(`\nCPU ms of all threads, ${MANY} rules: median of some runs once V8 has compiled what the first ran\n`);
console.log(`load and compile         ${told(loading)}`);
const types = await loadTypes();
const large = await load(proofs);
console.log(`space of all changes     ${told(await cpu(6, () => new Space([large], askedOf([large]), types)))}`);
const space = new Space([large], askedOf([large]), types);
console.log(`regions of all rules     ${told(await cpu(6, () => everything(new Verdicts(space, 0))))}`);
for (const never of large.never) {
  const regions = new Verdicts(space, 0);
  const { outcome } = prove(never, regions, types);
  const alone = median((await cpu(10, () => prove(never, new Verdicts(space, 0), types))).slice(1));
  const again = median((await cpu(10, () => prove(never, regions, types))).slice(1));
  console.log(
    `never \`${never.id}\`                ${alone.toFixed(1)} with its regions, ${again.toFixed(2)} once they are known: ${outcome}`,
  );
}

/** What lint and a comparison look at. */
function everything(verdicts: Verdicts): number {
  return verdicts.denied.length + verdicts.grants.reduce((count, grant) => count + verdicts.granted(grant).length, 0);
}
