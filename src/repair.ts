import { resolve } from 'node:path';
import { InlaneError } from './errors.ts';
import { resolvePrincipal, resolvePrincipalFor } from './lanes/principal.ts';
import type { Principal } from './lanes/registry.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import { type Refusal, repairReport, verdictWords } from './report/repair/build.ts';
import type { RepairReport } from './report/repair/model.ts';
import { allUnread } from './report/scan/unread.ts';
import { applyEdits, type EditFate } from './scan/apply.ts';
import { Checkpoint } from './scan/checkpoint.ts';
import { machineClock } from './scan/clock.ts';
import { History } from './scan/history.ts';
import { Journal, type JournalEdit, type JournalFs, readJournal, writtenKeys } from './scan/journal.ts';
import { look, sweptTarget } from './scan/look.ts';
import { type Damage, type JudgedEdit, mend } from './scan/mend.ts';
import type { CallCount } from './scan/pace.ts';
import { readStates } from './scan/read.ts';
import type { ReadSummary, SweptTarget } from './scan/record.ts';
import { inputsOf, prepare, type Run, type ScanOptions } from './scan/run.ts';
import { damagesToUndo } from './scan/undo.ts';

/** What a repair is asked to do, besides what the scan before it is asked. */
export interface RepairOptions extends Omit<ScanOptions, 'unmanaged' | 'checkpoint'> {
  /** Who acts, as `--as` spells them: the lanes decide every edit. */
  readonly as?: string | undefined;
  readonly for?: string | undefined;
  /** False: a dry run. */
  readonly apply: boolean;
  readonly allowWidening: boolean;
  /** Objects that one run may write to at most. */
  readonly maxChanges: number;
  /** JSON lines of what was written; needed to apply. */
  readonly journal?: string | undefined;
  /** The journal of a repair that is to be undone. */
  readonly undo?: string | undefined;
  /** Where runs remember what they repaired, to tell a fight. */
  readonly history?: string | undefined;
  /** For tests: what the journal is written with. */
  readonly journalFs?: JournalFs;
}

export interface RepairResult {
  readonly report: RepairReport;
  readonly calls: ReadonlyMap<string, CallCount>;
}

/**
 * The repair flow: scan (or the journal to undo) -> edits -> judged by lanes, widening, fights and the cap -> written and read again.
 * Throws InlaneError where nothing can be done.
 */
export async function repairTags(options: RepairOptions): Promise<RepairResult> {
  checkOptions(options);
  const run = await prepare(options);
  const principals = principalsOf(options, run);
  const checkpoint = new Checkpoint<ReadSummary>(null, options.cwd);
  try {
    const { targets: spooled, read } = await readStates(run, checkpoint, inputsOf(run));
    const undo = options.undo === undefined ? null : readJournal(resolve(options.cwd, options.undo), options.undo);
    let targets: readonly SweptTarget[] = [];
    let damages: readonly Damage[];
    let unread = allUnread(read, []);
    if (undo === null) {
      await look(spooled, run, checkpoint);
      targets = spooled.map((target) => sweptTarget(target, checkpoint));
      damages = damagesOf(targets);
      unread = allUnread(read, targets);
    } else {
      const found = await damagesToUndo(writtenKeys(undo), spooled, checkpoint.folder, run);
      damages = found.damages;
      unread = [...unread, ...found.unread];
    }
    const mended = await mend(damages, read, run, principals);
    const edits = mended.flatMap(({ edit }) => (edit === null ? [] : [edit]));
    const history = new History(pathOf(options, options.history), options.history ?? '');
    const refusals = refusalsOf(edits, history, options, principals[0]);
    const open = edits.filter((edit) => !refusals.has(edit)).map(({ edit }) => edit);
    const fates = options.apply ? await apply(open, targets, run, options) : null;
    if (fates !== null && undo === null) remember(history, edits, refusals, fates);
    const report = repairReport({
      mended,
      refusals,
      fates,
      undo: undo !== null,
      read,
      unread,
      ruleset: run.ruleset,
      principal: options.as ?? null,
      diagnostics: run.warnings.map(laneDiagnostic),
    });
    return { report, calls: run.clouds.pace.counts };
  } finally {
    await run.clouds.close();
    checkpoint.close();
  }
}

function checkOptions({ apply, journal, undo }: RepairOptions): void {
  if (apply && journal === undefined && undo === undefined)
    throw new InlaneError('usage', '--apply needs a journal, or nothing could be undone', 'name a file: --journal repair.jsonl');
  if (undo !== undefined && journal !== undefined)
    throw new InlaneError('usage', '--undo goes on in the journal that it names', 'leave --journal out');
}

function principalsOf(options: RepairOptions, { ruleset }: Run): readonly [Principal, ...Principal[]] {
  const own = resolvePrincipal(options.as, options.env, ruleset.registry);
  const other = resolvePrincipalFor(options.for, options.env, ruleset.registry);
  return other === null ? [own] : [own, other];
}

function pathOf({ cwd }: RepairOptions, name: string | undefined): string | null {
  return name === undefined ? null : resolve(cwd, name);
}

function damagesOf(targets: readonly SweptTarget[]): Damage[] {
  return targets.flatMap(({ results }) =>
    results.flatMap((result): Damage[] => {
      const { outcome } = result;
      if (outcome.kind !== 'read' || outcome.drifts.length === 0) return [];
      return [{ result, drifts: outcome.drifts, managedBy: outcome.managedBy, restore: null }];
    }),
  );
}

/** Why edits are not made, whatever the cloud would say. The cap holds back all that is left, so that a run does all of it or nothing. */
function refusalsOf(
  edits: readonly JudgedEdit[],
  history: History,
  { allowWidening, maxChanges, undo }: RepairOptions,
  who: Principal,
): ReadonlyMap<JudgedEdit, Refusal> {
  const refusals = new Map<JudgedEdit, Refusal>();
  for (const edit of edits) {
    const fought = undo === undefined ? history.foughtOver(edit.edit) : [];
    if (edit.verdict.verdict !== 'allow') {
      const reason = edit.verdict.verdict === 'deny' ? 'lane' : 'approval';
      refusals.set(edit, { fate: 'refused', reason, why: verdictWords(edit, who.id) });
    } else if (fought.length > 0) {
      const why = `${fought.map((key) => `\`${key}\``).join(', ')} was repaired by the last run and has drifted again: something else writes it`;
      refusals.set(edit, { fate: 'refused', reason: 'fight', why });
    } else if (edit.widens && !allowWidening) {
      const why = `it would give more access than now, to ${gainers(edit)}; --allow-widening makes it all the same`;
      refusals.set(edit, { fate: 'refused', reason: 'widening', why });
    }
  }
  const open = edits.filter((edit) => !refusals.has(edit));
  if (open.length > maxChanges) {
    const why = `${open.length} objects would change, more than the cap of ${maxChanges}: --max-changes raises it`;
    for (const edit of open) refusals.set(edit, { fate: 'not-tried', reason: 'cap', why });
  }
  return refusals;
}

/** `dana (destroy), agent:sweep (update)`, with the lanes that they gain by. */
function gainers({ shift }: JudgedEdit): string {
  const rank = ['allow', 'needs-approval', 'deny'];
  const gains = shift.verdicts.filter(({ before, after }) => rank.indexOf(after) < rank.indexOf(before));
  const names = new Map<string, string[]>();
  for (const { principal, operation } of gains) names.set(principal, [...(names.get(principal) ?? []), operation]);
  const lanes = shift.rules.flatMap(({ kind, id, change }) => (change === 'covers' && kind !== 'guard' ? [`${kind} ${id}`] : []));
  const by = lanes.length === 0 ? '' : ` by ${[...new Set(lanes)].join(', ')}`;
  return `${[...names].map(([who, operations]) => `${who} (${operations.join(', ')})`).join(', ')}${by}`;
}

async function apply(
  edits: readonly JournalEdit[],
  targets: readonly SweptTarget[],
  run: Run,
  options: RepairOptions,
): Promise<ReadonlyMap<JournalEdit, EditFate>> {
  const name = options.undo ?? options.journal ?? '';
  const journal = new Journal(resolve(options.cwd, name), name, options.journalFs);
  try {
    if (options.undo === undefined) settleDoubts(journal, targets);
    let done = 0;
    return await applyEdits(edits, {
      clouds: run.clouds,
      journal,
      undo: options.undo !== undefined,
      clock: options.clock ?? machineClock,
      targets: options.targets ?? 64,
      onEnded: (count) => {
        done += count;
        options.onProgress?.({ phase: 'writing', done, total: edits.length });
      },
    });
  } finally {
    journal.close();
  }
}

/** A killed run's call that is now seen to have changed nothing has failed; any other stays in doubt, which an undo takes for made. */
function settleDoubts(journal: Journal, targets: readonly SweptTarget[]): void {
  const settled = new Set(journal.entries.flatMap((entry) => (entry.kind === 'result' ? [entry.seq] : [])));
  const found = new Map<string, string | null>();
  for (const { place, outcome } of targets.flatMap(({ results }) => results)) {
    if (outcome.kind !== 'read') continue;
    for (const drift of outcome.drifts) found.set(JSON.stringify([place.id, drift.key]), drift.own);
  }
  const isUntouched = ({ place, before }: JournalEdit): boolean =>
    Object.entries(before).every(([key, value]) => found.get(JSON.stringify([place.id, key])) === value);
  for (const entry of [...journal.entries]) {
    if (entry.kind !== 'intent' || entry.undo || settled.has(entry.seq)) continue;
    if (entry.edits.every(isUntouched)) {
      journal.done(
        entry.seq,
        entry.edits.map(() => 'the run was killed before it was made'),
      );
    }
  }
}

function remember(
  history: History,
  edits: readonly JudgedEdit[],
  refusals: ReadonlyMap<JudgedEdit, Refusal>,
  fates: ReadonlyMap<JournalEdit, EditFate>,
): void {
  const repaired = edits.map(({ edit }) => edit).filter((edit) => fates.get(edit)?.state === 'done');
  const fights = edits.filter((edit) => refusals.get(edit)?.reason === 'fight').map(({ edit }) => edit);
  history.write(repaired, fights);
}
