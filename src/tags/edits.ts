import { PlannedAtom } from '../classify/atom.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { PlannedObject } from '../classify/object.ts';
import { reclassified } from '../classify/reclassify.ts';
import { decideFor } from '../decide/atom.ts';
import { type Reason, VERDICTS, type Verdict } from '../decide/decision.ts';
import type { DecisionContext } from '../decide/view.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { type ChangedPath, unknown } from '../logic/fact.ts';
import type { TagDrift } from './drift.ts';
import type { Finding } from './finding.ts';
import { fixFor } from './fix.ts';

/** A key that a repair leaves as it is, and why. `fix`: the edit of the configuration that would mend it. */
export interface LeftKey {
  readonly key: string;
  readonly wanted: string | null;
  readonly found: string | null;
  readonly why: string;
  readonly fix: Finding['fix'];
}

/** What a repair would write on one object: keys to values, what they were (null = not there), and what is left alone. */
export interface Mending {
  readonly set: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, string | null>;
  readonly left: readonly LeftKey[];
}

/**
 * What may be written of an object's drifts. Only keys that the configuration writes are restored: anything else the next apply would
 * undo, so it becomes an edit of the configuration. Nothing is ever taken off. Pure.
 */
export function mendingOf(row: ClassifiedChange, drifts: readonly TagDrift[], managedBy: string | null): Mending {
  const set = new Map<string, string>();
  const before = new Map<string, string | null>();
  const left: LeftKey[] = [];
  for (const { key, wanted, found, own, inConfiguration } of drifts) {
    const leave = (why: string, fix: Finding['fix'] = null) => left.push({ key, wanted, found, why, fix });
    if (key.toLowerCase().startsWith('aws:')) leave('AWS itself writes this key');
    else if (managedBy !== null) leave(`written by ${managedBy}`);
    else if (wanted === null && found !== null) leave('a repair takes nothing off');
    else if (!inConfiguration) {
      leave('the configuration does not write it, so the next apply would undo a repair', fixFor(row, { key, value: wanted }));
    } else if (wanted !== null) {
      set.set(key, wanted);
      before.set(key, own);
    }
  }
  return { set, before, left };
}

/** The verdict of the lanes on one edit: of everything that it is, the worst. */
export interface EditVerdict {
  readonly verdict: Verdict;
  readonly because: readonly Reason[];
}

/**
 * Whether who acts may make an edit (tags.md 4, lanes.md 4): an update of these tags on the object as it is and as it becomes, and a
 * reclassification where its classification differs. Pure.
 */
export function decideEdit(
  was: ClassifiedChange,
  is: ClassifiedChange,
  keys: readonly string[],
  ruleset: Ruleset,
  principals: readonly [Principal, ...Principal[]],
  context: DecisionContext,
): EditVerdict {
  const [before, after] = [was.before, is.before];
  if (!(before instanceof PlannedObject) || !(after instanceof PlannedObject))
    return {
      verdict: 'deny',
      because: [{ kind: 'error', id: null, at: null, why: 'the object cannot be judged', ask: null, observed: false }],
    };
  const paths = (): readonly ChangedPath[] =>
    keys.map((key) => ({ path: [carrierOf(was, key), key], maybe: false, subtree: false }));
  const operations = [
    'update' as const,
    ...(reclassified(before, after, ruleset.attributes.values()).length > 0 ? ['reclassify' as const] : []),
  ];
  const why = 'no plan shows what is done besides';
  const relations = { dependents: () => unknown('dependents', why), successor: () => ({ value: 'unknown' as const, why }) };
  let worst: EditVerdict = { verdict: 'allow', because: [] };
  for (const operation of operations) {
    for (const object of [before, after]) {
      const atom = new PlannedAtom(operation, object, paths, relations, { replaces: false, reason: null });
      const { decision } = decideFor(atom, ruleset, principals, context);
      if (VERDICTS.indexOf(decision.verdict) > VERDICTS.indexOf(worst.verdict) || worst.because.length === 0)
        worst = { verdict: decision.verdict, because: decision.because };
    }
  }
  return worst;
}

/** The argument that carries the object's tags, as lanes spell paths: `tags`, `labels`. */
function carrierOf({ before, provider }: ClassifiedChange, key: string): string {
  const tags = before?.tags;
  const carriers = (tags?.carriers ?? []).filter((path) => !provider.mirrors.includes(path));
  // Where labels and tags stand in one map, a slash tells them apart (Google).
  if (tags?.slash !== undefined && key.includes('/')) return carriers.find((path) => path.endsWith('tags')) ?? 'tags';
  return carriers[0] ?? 'tags';
}
