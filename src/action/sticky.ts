import { InlaneError } from '../errors.ts';
import { COMMENT, commentOf, isNewer, MARKER, mergeSections, readComment, type Section } from './comment.ts';
import type { ActionIo } from './io.ts';
import type { IssueComment, Rest } from './rest.ts';

/** Jobs of a matrix write to the same comment at about the same time; each needs at most one turn after every other. */
const TURNS = 12;

/** This run's part, written for the room that there is, in bytes. */
export interface Part extends Omit<Section, 'body'> {
  readonly write: (limit: number) => string;
}

/** Markers, the heading over several parts, and a line for each part that is cut. */
const FRAME = 4096;

/**
 * Puts this run's part into the one comment of the pull request, and keeps the parts of others. GitHub has no conditional update, so
 * a write is looked at again after a while, longer than another job needs between reading and writing: who was written over writes anew.
 * `older`: a newer run has been there. Throws `io`.
 */
export async function putSection(
  { write, ...part }: Part,
  pullRequest: number,
  rest: Rest,
  io: Pick<ActionIo, 'wait' | 'random'>,
): Promise<'put' | 'older'> {
  const others = new Map<string, Section>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [first, ...doubles] = await oursOf(await rest.comments(pullRequest), rest);
    const found = [first, ...doubles].flatMap((comment) => (comment === undefined ? [] : readComment(comment.body)));
    if (found.some((other) => other.key === part.key && isNewer(other, { ...part, body: '' }))) return 'older';
    for (const one of mergeSections([...others.values(), ...found])) if (one.key !== part.key) others.set(one.key, one);
    if (turn > 0 && doubles.length === 0 && [part, ...others.values()].every((one) => found.some((other) => isSame(one, other))))
      return 'put';
    const section = { ...part, body: write(roomFor([...others.values()])) };
    const body = commentOf(mergeSections([...others.values(), section]));
    if (body === null)
      throw new InlaneError(
        'io',
        `${others.size + 1} parts have no room in one comment of ${COMMENT} characters`,
        'give several jobs one `section`',
      );
    if (first === undefined) await rest.create(pullRequest, body);
    else await rest.update(first.id, body);
    for (const double of doubles) await rest.remove(double.id);
    await io.wait(1500 + 2500 * io.random());
  }
  throw new InlaneError('io', `other jobs wrote over the comment ${TURNS} times`, 'run the job again');
}

/** What others leave, and at least an equal share. */
function roomFor(others: readonly Section[]): number {
  const taken = others.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  return Math.max(COMMENT - FRAME - taken, Math.floor((COMMENT - FRAME) / (others.length + 1)));
}

function isSame(a: Omit<Section, 'body'>, b: Section): boolean {
  return a.key === b.key && a.run === b.run && a.attempt === b.attempt && a.verdict === b.verdict;
}

/** Anybody can write a comment that looks like ours, so only those of the account that the token belongs to count. */
async function oursOf(comments: readonly IssueComment[], rest: Rest): Promise<readonly IssueComment[]> {
  const alike = comments.filter(({ body, author }) => body.startsWith(MARKER) && author !== null).sort((a, b) => a.id - b.id);
  if (alike.length === 0) return [];
  const self = await rest.self();
  // An app's token has no user: what it writes is by a bot, and no person can write as one.
  return alike.filter(({ author }) => (self === null ? author?.isBot : author?.id === self));
}
