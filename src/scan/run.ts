import { createHash } from 'node:crypto';
import { loadClasses } from '../../providers/classes.ts';
import type { CloudName } from '../../providers/cloud.ts';
import type { loadCloud } from '../../providers/clouds.ts';
import { objectKey } from '../classify/address.ts';
import { classifyPlan } from '../classify/classify.ts';
import type { PlaceOptions } from '../classify/context.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { standingPlan } from '../classify/standing.ts';
import type { DecisionContext } from '../decide/view.ts';
import { InlaneError, type Problem } from '../errors.ts';
import type { Environment } from '../lanes/principal.ts';
import { rulesOf } from '../lanes/rules-of.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { requireTrustedRules } from '../lanes/trust.ts';
import { parseDuration } from '../logic/duration.ts';
import type { ResourceChange } from '../plan/model.ts';
import { printable } from '../plan/printable.ts';
import type { StateFile } from '../plan/state.ts';
import { contextOf, placesOf, readNow } from '../run.ts';
import { carrierKeys } from '../tags/key.ts';
import type { Clock } from './clock.ts';
import { Clouds } from './clouds.ts';
import type { ReadSummary } from './record.ts';
import { type StateSource, stateSources } from './states.ts';

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
  /** With `unmanaged`: what is older than this stands among the orphans; `30d`. */
  readonly olderThan?: string | undefined;
  /** Only the targets of this shard. */
  readonly shard?: string | undefined;
  /** At most so many shards; undefined = one for each cloud and account. */
  readonly shards?: number | undefined;
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
  readonly phase: 'reading' | 'looking' | 'judging' | 'writing';
  readonly done: number;
  readonly total: number | null;
}

/** What all states of one run share. */
export interface Run {
  readonly options: ScanOptions;
  readonly sources: readonly StateSource[];
  readonly ruleset: Ruleset;
  readonly places: PlaceOptions;
  readonly context: DecisionContext;
  readonly ownerKeys: ReadonlySet<string>;
  /** What was made then or earlier is an orphan; null = nobody asked. */
  readonly orphans: { readonly olderThan: string; readonly before: number } | null;
  readonly warnings: readonly Problem[];
  readonly clouds: Clouds;
}

/** Throws InlaneError: options, rules or states that cannot be used. */
export async function prepare(options: ScanOptions): Promise<Run> {
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
  const now = readNow(options.now);
  return {
    options,
    sources: stateSources(options.states, cwd, options.stdin),
    ruleset,
    places: placesOf(options, cwd),
    context: { now, repository: null, ref: null, event: null },
    ownerKeys: ownerKeysOf(ruleset, options.owner),
    orphans: orphanAge(options, now),
    warnings: diagnostics,
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

function orphanAge({ olderThan, unmanaged }: ScanOptions, now: number): Run['orphans'] {
  if (olderThan === undefined) return null;
  const age = parseDuration(olderThan);
  if (age === null)
    throw new InlaneError('usage', `\`${printable(olderThan)}\` is no duration`, 'write for example `30d` or `12h`');
  if (!unmanaged) throw new InlaneError('usage', '--older-than is about what is in no state', 'add --unmanaged');
  return { olderThan, before: now - age };
}

/** Digest of everything that the first pass reads. */
export function inputsOf({ sources, ruleset, places, options }: Run): string {
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

/** Which objects of a state are looked at, by `objectKey`; with `found`, those that it names, tagged as the cloud says. */
export interface Asked {
  readonly only?: { has(key: string): boolean };
  readonly found?: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
}

/** The managed objects of a state as the gate sees them, each worked out when it comes up: a state may hold many. */
export async function classified(
  file: StateFile,
  { ruleset, places }: Run,
  { found, only = found }: Asked = {},
): Promise<Iterable<ClassifiedChange>> {
  const plan = standingPlan(file);
  const context = await contextOf(
    file.objects.map(({ provider }) => provider),
    ruleset,
    places,
  );
  const isAsked = ({ mode, address, deposed }: ResourceChange): boolean =>
    mode === 'managed' && (only?.has(objectKey(address, deposed)) ?? true);
  return classifyPlan(plan, found === undefined ? context : { ...context, found }).rows(isAsked);
}

/** A state once more, as the first pass read it. Throws `io` where it has changed since. */
export function rereadState(state: number, { states }: ReadSummary, { sources }: Run): StateFile {
  const { path, sha256 } = states[state] as ReadSummary['states'][number];
  const source = sources.find((one) => one.path === path);
  if (source === undefined) throw new Error(`no state ${state}`);
  const file = source.read();
  if (file.sha256 !== sha256) throw new InlaneError('io', `\`${path}\` changed while it was scanned`, 'run the scan again');
  return file;
}
