import { relative, sep } from 'node:path';
import { loadClasses } from '../providers/classes.ts';
import { loadKnowledge } from '../providers/knowledge.ts';
import type { ClassifyContext, PlaceOptions } from './classify/context.ts';
import { InlaneError } from './errors.ts';
import { repositoryRoot, stackDirectory } from './lanes/cascade.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { parseInstant } from './logic/matcher.ts';

/** Where a run says that its plans or states belong. Throws `usage`. */
export function placesOf({ workspace, stack = '.', accounts = [] }: PlacesGiven, cwd: string): PlaceOptions {
  return { workspace: workspace ?? null, stack: stackPath(cwd, stack), accounts: readAccounts(accounts) };
}

export interface PlacesGiven {
  readonly workspace?: string | undefined;
  /** Folder of the stack, relative to `cwd`. */
  readonly stack?: string | undefined;
  /** `ID` or `PROVIDER=ID`. */
  readonly accounts?: readonly string[] | undefined;
}

/** What classification needs besides the plan; what is known of the providers that `sources` names is loaded, and of no other. */
export async function contextOf(
  sources: Iterable<string>,
  { attributes, classes, providers }: Ruleset,
  options: PlaceOptions,
): Promise<ClassifyContext> {
  return { attributes, classes, builtin: loadClasses(), knowledge: await loadKnowledge(sources, providers), options };
}

/** The stack's path within the repository, `/`-separated; null outside of one. */
function stackPath(cwd: string, stack: string): string | null {
  const directory = stackDirectory(cwd, stack);
  const root = repositoryRoot(directory);
  if (root === null) return null;
  return root === directory ? '' : relative(root, directory).split(sep).join('/');
}

function readAccounts(given: readonly string[]): ReadonlyMap<string, string> {
  const accounts = new Map<string, string>();
  for (const text of given) {
    const at = text.lastIndexOf('=');
    const provider = at < 0 ? '' : text.slice(0, at);
    const id = text.slice(at + 1);
    if (id === '' || (at >= 0 && provider === '')) {
      throw new InlaneError('usage', `\`${text}\` is no account`, 'write --account ID or --account PROVIDER=ID');
    }
    if (accounts.has(provider) && accounts.get(provider) !== id) {
      throw new InlaneError(
        'usage',
        `two accounts are given for ${provider === '' ? 'every provider' : `\`${provider}\``}`,
        'give one',
      );
    }
    accounts.set(provider, id);
  }
  return accounts;
}

/** Milliseconds since the epoch; undefined = now. Throws `usage`. */
export function readNow(given: string | number | undefined): number {
  if (given === undefined) return Date.now();
  const time = typeof given === 'number' ? given : parseInstant(given);
  if (time === null || !Number.isFinite(time)) {
    throw new InlaneError('usage', `\`${given}\` is no instant`, 'write it with its zone, as in 2026-11-20T08:00:00Z');
  }
  return time;
}
