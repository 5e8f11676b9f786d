import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { loadClasses } from '../providers/classes.ts';
import { type CloudClient, CloudFailure, type CloudName } from '../providers/cloud.ts';
import type { loadCloud } from '../providers/clouds.ts';
import { objectKey } from './classify/address.ts';
import { classifyPlan } from './classify/classify.ts';
import type { PlaceOptions } from './classify/context.ts';
import type { ClassifiedChange } from './classify/model.ts';
import { standingPlan } from './classify/standing.ts';
import type { DecisionContext } from './decide/view.ts';
import { InlaneError } from './errors.ts';
import type { Environment } from './lanes/principal.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { requireTrustedRules } from './lanes/trust.ts';
import type { StateFile } from './plan/state.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import type { ReportDiagnostic } from './report/report.ts';
import { scanReport } from './report/scan/build.ts';
import type { ReadSummary, ScanReport, SweptTarget } from './report/scan/model.ts';
import { contextOf, placesOf, readNow } from './run.ts';
import { Checkpoint } from './scan/checkpoint.ts';
import type { Clock } from './scan/clock.ts';
import { Clouds } from './scan/clouds.ts';
import type { CallCount } from './scan/pace.ts';
import type { ObjectResult } from './scan/record.ts';
import { type SpooledTarget, SpoolWriter } from './scan/spool.ts';
import { type StateSource, stateSources } from './scan/states.ts';
import { sweep } from './scan/sweep.ts';
import { actorsOf, type Shift, shiftOf } from './tags/authority.ts';
import { carrierKeys } from './tags/key.ts';
import { type Want, wantOf } from './tags/wanted.ts';

/** What a scan is asked to do. */
export interface ScanOptions {
  /** State files, folders of them, `-`. */
  readonly states: readonly string[];
  readonly lanes?: readonly string[] | undefined;
  readonly stack?: string | undefined;
  readonly rulesFrom?: string | undefined;
  readonly trustWorktree?: boolean | undefined;
  readonly workspace?: string | undefined;
  readonly accounts?: readonly string[] | undefined;
  /** RFC 3339, or milliseconds since the epoch: the time at which access is judged. */
  readonly now?: string | number | undefined;
  /** Only these clouds; undefined = every cloud that the states speak of. */
  readonly clouds?: readonly CloudName[] | undefined;
  readonly assumeRole?: string | undefined;
  readonly unmanaged?: boolean | undefined;
  /** Attributes whose tag says whose an object is. */
  readonly owner?: readonly string[] | undefined;
  /** Folder that outlives the run, so that a killed scan is taken up again. */
  readonly checkpoint?: string | undefined;
  /** Requests under way at once in one target. */
  readonly workers?: number | undefined;
  /** Targets looked at side by side. */
  readonly targets?: number | undefined;
  readonly cwd: string;
  readonly env: Environment;
  readonly stdin: () => Uint8Array;
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Time, chance and how clouds are reached; the machine's own by default. */
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly load?: typeof loadCloud;
}

/** `total` null while states are still being read. */
export interface ScanProgress {
  readonly phase: 'reading' | 'looking' | 'judging';
  readonly done: number;
  readonly total: number | null;
}

export interface ScanResult {
  readonly report: ScanReport;
  /** Requests by API; not part of the report, since retries differ from run to run. */
  readonly calls: ReadonlyMap<string, CallCount>;
}

/**
 * The tag flow: wanted -> found -> findings. States are read one by one and what they want is sorted by target onto disk; targets are
 * looked at side by side; access is judged by the gate's own evaluator for what drifted. Throws InlaneError where nothing can be done;
 * what one target or state refuses is part of the report.
 */
export async function scanTags(options: ScanOptions): Promise<ScanResult> {
  const run = await prepare(options);
  const checkpoint = new Checkpoint<ReadSummary>(options.checkpoint ?? null, options.cwd);
  try {
    const inputs = inputsOf(run);
    const manifest = checkpoint.manifest(inputs) ?? (await readStates(run, checkpoint, inputs));
    await look(manifest.targets, run, checkpoint);
    const targets = manifest.targets.map((spooled) => sweptTarget(spooled, checkpoint));
    const shifts = await judge(targets, manifest.read, run);
    const report = scanReport({
      read: manifest.read,
      targets,
      shiftOf: (result) => shifts.get(shiftKey(result)) ?? null,
      ruleset: run.ruleset,
      ownerKeys: run.ownerKeys,
      diagnostics: run.diagnostics,
    });
    return { report, calls: run.clouds.pace.counts };
  } finally {
    await run.clouds.close();
    checkpoint.close();
  }
}

/** What all states of one run share. */
interface Run {
  readonly options: ScanOptions;
  readonly sources: readonly StateSource[];
  readonly ruleset: Ruleset;
  readonly places: PlaceOptions;
  readonly context: DecisionContext;
  readonly ownerKeys: ReadonlySet<string>;
  readonly diagnostics: readonly ReportDiagnostic[];
  readonly clouds: Clouds;
}

async function prepare(options: ScanOptions): Promise<Run> {
  const { lanes, rulesFrom, stack, cwd, env } = options;
  requireTrustedRules(env, { rulesFrom, trustWorktree: options.trustWorktree ?? false });
  const classNames = new Set(loadClasses().keys());
  const { ruleset, diagnostics } = await rulesOf({ lanes, rulesFrom, stack, cwd, env, classNames });
  const carried = [...ruleset.attributes.values()].filter(({ carriers }) => carriers !== null);
  if (carried.length === 0)
    throw new InlaneError(
      'usage',
      'no attribute of the lane files names a tag',
      'say `tag: KEY` for the attributes that tags carry',
    );
  return {
    options,
    sources: stateSources(options.states, cwd, options.stdin),
    ruleset,
    places: placesOf(options, cwd),
    context: { now: readNow(options.now), repository: null, ref: null, event: null },
    ownerKeys: ownerKeysOf(ruleset, options.owner),
    diagnostics: diagnostics.map(laneDiagnostic),
    clouds: new Clouds({ ...options, assumeRole: options.assumeRole ?? null }),
  };
}

/** An attribute called `owner` or `team` says whose an object is, unless the option names others. */
function ownerKeysOf({ attributes }: Ruleset, given: readonly string[] | undefined): ReadonlySet<string> {
  for (const name of given ?? []) {
    if (!attributes.get(name)?.carriers)
      throw new InlaneError('usage', `\`${name}\` is no attribute with a tag`, 'name attributes of the lane files with --owner');
  }
  const names = given ?? ['owner', 'team'];
  return carrierKeys([...attributes.values()].filter(({ name }) => names.includes(name)));
}

function inputsOf({ sources, ruleset, places, options }: Run): string {
  const { workspace, stack, accounts } = places;
  const told = {
    states: sources.map((source) => [source.path, source.digest()]),
    rules: ruleset.files.map(({ path, level, sha256 }) => [path, level, sha256]),
    places: [workspace, stack, [...accounts]],
    clouds: options.clouds ?? null,
    unmanaged: options.unmanaged ?? false,
  };
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

/** First pass: what each state wants, onto disk by target. One state is in memory at a time. */
async function readStates(run: Run, checkpoint: Checkpoint<ReadSummary>, inputs: string) {
  checkpoint.clear();
  const spool = new SpoolWriter(checkpoint.folder);
  const states: { path: string; sha256: string; objects: number }[] = [];
  const unreadStates: { path: string; why: string; hint: string }[] = [];
  const unlocated: { state: number; address: string; why: string }[] = [];
  const notScanned: Record<string, number> = Object.create(null);
  let notTaggable = 0;
  let nothingWanted = 0;
  for (const source of run.sources) {
    let file: StateFile;
    try {
      file = source.read();
    } catch (error) {
      if (!(error instanceof InlaneError)) throw error;
      unreadStates.push({ path: source.path, why: error.message, hint: error.hint ?? 'see what the file is' });
      continue;
    }
    const state = states.length;
    const rows = await classified(file, run);
    states.push({ path: source.path, sha256: file.sha256, objects: rows.length });
    for (const row of rows) {
      const want = await settled(wantOf(row, run.ruleset.attributes), run);
      if (want.kind === 'ask' && isAsked(want.object.place.target.cloud, run)) spool.add({ ...want.object, state });
      else if (want.kind === 'ask') count(notScanned, row.change.provider);
      else if (want.kind === 'no-cloud') count(notScanned, want.provider);
      else if (want.kind === 'unlocated') unlocated.push({ state, address: row.change.address, why: want.why });
      else if (want.kind === 'not-taggable') notTaggable += 1;
      else nothingWanted += 1;
    }
    run.options.onProgress?.({ phase: 'reading', done: state + 1, total: run.sources.length });
  }
  const manifest = {
    format: 'inlane-checkpoint/1' as const,
    inputs,
    targets: spool.finish(),
    read: { states, unreadStates, notTaggable, notScanned, nothingWanted, unlocated },
  };
  checkpoint.finishReading(manifest);
  return manifest;
}

/** What no state says of its account stands in the caller's own. */
async function settled(want: Want, { clouds, options }: Run): Promise<Want> {
  if (want.kind !== 'ask' || want.object.place.target.account !== '') return want;
  const { cloud } = want.object.place.target;
  if (options.clouds?.includes(cloud) === false) return want;
  try {
    const place = await (await clouds.of(cloud)).settled?.(want.object.place);
    return place === undefined ? want : { kind: 'ask', object: { ...want.object, place } };
  } catch (error) {
    if (!(error instanceof CloudFailure)) throw error;
    return { kind: 'unlocated', why: `whose account it is in cannot be told: ${error.message}` };
  }
}

function isAsked(cloud: CloudName, { options }: Run): boolean {
  return options.clouds?.includes(cloud) ?? true;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The managed objects of a state as the gate sees them; with `found`, tagged as the cloud says. */
async function classified(
  file: StateFile,
  { ruleset, places }: Run,
  found?: ReadonlyMap<string, ReadonlyMap<string, string | null>>,
): Promise<ClassifiedChange[]> {
  const plan = standingPlan(file);
  const context = await contextOf(
    file.objects.map(({ provider }) => provider),
    ruleset,
    places,
  );
  const rows = classifyPlan(plan, found === undefined ? context : { ...context, found }).rows();
  return [...rows].filter(({ change }) => change.mode === 'managed');
}

/** Second pass: every target side by side, each cloud's SDK loaded once and only where it is needed. */
async function look(targets: readonly SpooledTarget[], run: Run, checkpoint: Checkpoint<ReadSummary>): Promise<void> {
  const { options } = run;
  const total = targets.reduce((sum, { count: objects }) => sum + objects, 0);
  let done = 0;
  const keys = carrierKeys([...run.ruleset.attributes.values()]);
  const clients = new Map<CloudName, CloudClient>();
  for (const { target } of targets) clients.set(target.cloud, await run.clouds.of(target.cloud));
  const oneOf = pLimit(options.targets ?? 64);
  const swept = targets.map((spooled) =>
    oneOf(() =>
      sweep(spooled, {
        folder: checkpoint.folder,
        client: clients.get(spooled.target.cloud) as CloudClient,
        log: checkpoint.logOf(spooled),
        workers: options.workers ?? 8,
        unmanaged: options.unmanaged ?? false,
        keys,
        onLooked: (objects) => {
          done += objects;
          options.onProgress?.({ phase: 'looking', done, total });
        },
      }),
    ),
  );
  // A defect in one target does not cut the others off in the middle of a write.
  for (const result of await Promise.allSettled(swept)) if (result.status === 'rejected') throw result.reason;
}

function sweptTarget(spooled: SpooledTarget, checkpoint: Checkpoint<ReadSummary>): SweptTarget {
  let inherited = 0;
  let looked = 0;
  const results: ObjectResult[] = [];
  const unmanaged: SweptTarget['unmanaged'][number][] = [];
  const failures: SweptTarget['failures'][number][] = [];
  for (const record of checkpoint.logOf(spooled).records()) {
    if (record.kind === 'looked') {
      looked += record.objects.length;
      inherited += record.inherited;
      results.push(...record.results);
    } else if (record.kind === 'unmanaged') unmanaged.push(...record.items);
    else if (record.kind === 'failed') failures.push(record);
  }
  const missing = spooled.count - looked - failures.reduce((sum, { objects }) => sum + objects, 0);
  // Objects in = objects accounted for, or the report must not be made.
  if (missing !== 0) throw new Error(`${missing} objects of a target are not accounted for`);
  return {
    target: spooled.target,
    inherited,
    looked,
    results: results.sort((a, b) => a.n - b.n),
    unmanaged: unmanaged.sort((a, b) => (a.id < b.id ? -1 : 1)),
    failures: failures.map(({ what, objects, why, permission, hint }) => ({ what, objects, why, permission, hint })),
  };
}

const shiftKey = ({ state, address, deposed }: Pick<ObjectResult, 'state' | 'address' | 'deposed'>): string =>
  `${state}\0${objectKey(address, deposed)}`;

/** Third pass: the states with drift once more, each object decided as the state tags it and as it was found. */
async function judge(targets: readonly SweptTarget[], read: ReadSummary, run: Run): Promise<ReadonlyMap<string, Shift>> {
  const byState = new Map<number, Map<string, ReadonlyMap<string, string | null>>>();
  for (const { results } of targets) {
    for (const { state, address, deposed, outcome } of results) {
      if (outcome.kind !== 'read' || outcome.drifts.length === 0) continue;
      const found = byState.get(state) ?? new Map<string, ReadonlyMap<string, string | null>>();
      found.set(objectKey(address, deposed), new Map(outcome.drifts.map((drift) => [drift.key, drift.found])));
      byState.set(state, found);
    }
  }
  const shifts = new Map<string, Shift>();
  const actors = actorsOf(run.ruleset);
  const sources = new Map(run.sources.map((source) => [source.path, source]));
  let done = 0;
  for (const [state, found] of byState) {
    const { path, sha256 } = read.states[state] as ReadSummary['states'][number];
    const file = (sources.get(path) as StateSource).read();
    if (file.sha256 !== sha256) throw new InlaneError('io', `\`${path}\` changed while it was scanned`, 'run the scan again');
    const was = await classified(file, run);
    const is = new Map((await classified(file, run, found)).map((row) => [keyOf(row), row]));
    for (const row of was) {
      if (!found.has(keyOf(row))) continue;
      const { address, deposed } = row.change;
      const shift = shiftOf(row, is.get(keyOf(row)) as ClassifiedChange, run.ruleset, actors, run.context);
      shifts.set(shiftKey({ state, address, deposed }), shift);
    }
    done += 1;
    run.options.onProgress?.({ phase: 'judging', done, total: byState.size });
  }
  return shifts;
}

const keyOf = ({ change: { address, deposed } }: ClassifiedChange): string => objectKey(address, deposed);
