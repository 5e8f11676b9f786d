import pLimit from 'p-limit';
import {
  type CloudAnswer,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type TagEdit,
  type WriteAnswer,
} from '../../providers/cloud.ts';
import type { Clock } from './clock.ts';
import type { Clouds } from './clouds.ts';
import type { Journal, JournalEdit } from './journal.ts';
import { targetKey } from './spool.ts';

/** How one edit ended. `verified` false: it was written, and could not be read again. */
export type EditFate =
  | { readonly state: 'done'; readonly verified: boolean }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'not-tried'; readonly why: string };

export interface ApplyOptions {
  readonly clouds: Clouds;
  readonly journal: Journal;
  readonly undo: boolean;
  readonly clock: Clock;
  /** Targets written to side by side. */
  readonly targets: number;
  readonly onEnded: (edits: number) => void;
}

/** Milliseconds to wait before each look at what was written: clouds answer reads a little late. */
const LOOKS = [0, 1_000, 5_000, 20_000];

/**
 * Makes the edits, each batch in the journal before its call and its result behind it, and reads every object again. Every edit has a
 * fate; what one target refuses stops no other.
 */
export async function applyEdits(
  edits: readonly JournalEdit[],
  options: ApplyOptions,
): Promise<ReadonlyMap<JournalEdit, EditFate>> {
  const byTarget = new Map<string, JournalEdit[]>();
  for (const edit of edits) {
    const key = targetKey(edit.place.target);
    byTarget.set(key, [...(byTarget.get(key) ?? []), edit]);
  }
  const fates = new Map<JournalEdit, EditFate>();
  const oneOf = pLimit(options.targets);
  const ended = await Promise.allSettled([...byTarget.values()].map((group) => oneOf(() => applyTo(group, fates, options))));
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
  return fates;
}

async function applyTo(edits: readonly JournalEdit[], fates: Map<JournalEdit, EditFate>, options: ApplyOptions): Promise<void> {
  const [{ place }] = edits as [JournalEdit, ...JournalEdit[]];
  let lost: string | null = null;
  let session: CloudSession | null = null;
  try {
    session = await (await options.clouds.of(place.target.cloud)).open(place.target);
  } catch (error) {
    lost = failureWords(error);
  }
  const size = session?.writeBatch ?? edits.length;
  for (let at = 0; at < edits.length; at += size) {
    const batch = edits.slice(at, at + size);
    if (lost !== null || session === null)
      for (const edit of batch) fates.set(edit, { state: 'not-tried', why: lost ?? 'nobody is let in' });
    else lost = await applyBatch(batch, session, fates, options);
    options.onEnded(batch.length);
  }
}

/** Returns why nothing more can be written in the target; null = it can. */
async function applyBatch(
  batch: readonly JournalEdit[],
  session: CloudSession,
  fates: Map<JournalEdit, EditFate>,
  { journal, undo, clock }: ApplyOptions,
): Promise<string | null> {
  const seq = journal.intend(batch, undo);
  let answers: readonly WriteAnswer[];
  try {
    answers = await session.write(batch.map(tagEdit));
  } catch (error) {
    const why = failureWords(error);
    journal.done(
      seq,
      batch.map(() => why),
    );
    for (const edit of batch) fates.set(edit, { state: 'failed', why });
    const { kind } = error as CloudFailure;
    return kind === 'credentials' || kind === 'denied' || kind === 'unknown-place' ? why : null;
  }
  if (answers.length !== batch.length) throw new Error(`the client answered ${answers.length} times for ${batch.length} edits`);
  const failures = answers.map((answer) => (answer.state === 'done' ? null : answer.failure.message));
  journal.done(seq, failures);
  const written = batch.filter((edit, index) => {
    const why = failures[index] ?? null;
    if (why !== null) fates.set(edit, { state: 'failed', why });
    return why === null;
  });
  await verify(written, session, fates, clock);
  return null;
}

/** Reads what was written until it is there, or for as long as a cloud may take to show it. */
async function verify(
  written: readonly JournalEdit[],
  session: CloudSession,
  fates: Map<JournalEdit, EditFate>,
  clock: Clock,
): Promise<void> {
  let open = written;
  for (const wait of LOOKS) {
    if (open.length === 0) return;
    if (wait > 0) await clock.sleep(wait);
    const answers = await readAll(open, session);
    open = open.filter((edit, index) => {
      const answer = answers[index];
      if (answer?.state === 'found' && isWritten(edit, answer.tags)) {
        fates.set(edit, { state: 'done', verified: true });
        return false;
      }
      if (answer?.state === 'found') fates.set(edit, { state: 'failed', why: 'it was written, and the cloud does not show it' });
      else if (answer?.state === 'gone') fates.set(edit, { state: 'failed', why: 'it was written, and is gone' });
      else fates.set(edit, { state: 'done', verified: false });
      return true;
    });
  }
}

async function readAll(edits: readonly JournalEdit[], session: CloudSession): Promise<readonly (CloudAnswer | null)[]> {
  const answers: (CloudAnswer | null)[] = [];
  for (let at = 0; at < edits.length; at += session.batch) {
    const batch = edits.slice(at, at + session.batch);
    try {
      answers.push(...(await session.read(batch.map(objectOf))));
    } catch (error) {
      if (!(error instanceof CloudFailure)) throw error;
      answers.push(...batch.map(() => null));
    }
  }
  return answers;
}

function isWritten({ set }: JournalEdit, tags: ReadonlyMap<string, string>): boolean {
  return Object.entries(set).every(([key, value]) => (tags.get(key) ?? null) === value);
}

function tagEdit(edit: JournalEdit): TagEdit {
  const entries = Object.entries(edit.set);
  return {
    object: objectOf(edit),
    set: new Map(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))),
    unset: new Set(entries.flatMap(([key, value]) => (value === null ? [key] : []))),
  };
}

function objectOf({ type, place, set }: JournalEdit): CloudObject {
  return { type, place, keys: Object.keys(set) };
}

function failureWords(error: unknown): string {
  if (error instanceof CloudFailure)
    return error.permission === null ? error.message : `${error.message} (needs ${error.permission})`;
  throw error;
}
