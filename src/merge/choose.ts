import { InlaneError } from '../errors.ts';
import type { Result } from './result.ts';

/** The results that a report is made of: one for each shard that has one. */
export interface Chosen {
  /** A whole one, for what all say alike. */
  readonly any: Result;
  /** By the shard's name. */
  readonly results: ReadonlyMap<string, Result>;
  /** Shards without a result, in the order of the plan, each with the cut file that was to be it. */
  readonly missing: readonly { readonly shard: string; readonly cut: string | null }[];
}

/**
 * Results in any order, any of them several times: equal ones count once, a whole one outweighs one that is cut, and one for which
 * everything was read outweighs one for which it was not. Throws `usage` for results of different scans, and where two of one shard differ.
 */
export function chooseResults(results: readonly Result[]): Chosen {
  const sorted = [...results].sort((a, b) => (a.path < b.path ? -1 : 1));
  const any = sorted.find(({ cut }) => !cut);
  if (any === undefined)
    throw new InlaneError(
      'usage',
      results.length === 0 ? 'no result is given' : 'every result that is given is cut',
      'name the files of `inlane tags scan --shard NAME --format shard=FILE`',
    );
  for (const other of sorted) {
    // A cut one may lack part of what all say alike.
    if (other.cut ? other.plan === any.plan : other.scan === any.scan) continue;
    throw new InlaneError(
      'usage',
      `\`${any.shown}\` and \`${other.shown}\` are of different scans`,
      'give every shard the same states, rules, options and --shards, and the same identity where states do not tell the account',
    );
  }
  const chosen = new Map<string, Result>();
  const missing: { shard: string; cut: string | null }[] = [];
  for (const shard of new Set(any.header.targets.map((target) => target.shard))) {
    const own = sorted.filter(({ header }) => header.shard === shard);
    const result = best(own.filter(({ cut }) => !cut));
    if (result === null) missing.push({ shard, cut: own[0]?.shown ?? null });
    else chosen.set(shard, result);
  }
  return { any, results: chosen, missing };
}

function best(results: readonly Result[]): Result | null {
  const distinct = [...new Map(results.map((result) => [result.sha256, result])).values()];
  const full = distinct.filter(({ partial }) => !partial);
  const [one, other] = full.length > 0 ? full : distinct;
  if (one === undefined) return null;
  if (other === undefined) return one;
  throw new InlaneError(
    'usage',
    `\`${one.shown}\` and \`${other.shown}\` are different results of shard \`${one.header.shard}\``,
    'leave out the one that is out of date',
  );
}
