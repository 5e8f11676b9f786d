import type { CatalogRow, Provider } from '../../providers/provider.ts';
import type { ChangedPath } from '../logic/fact.ts';
import type { Path } from '../logic/path.ts';
import { digestOf } from '../plan/mask.ts';
import type { ConfigBlock, ResourceChange } from '../plan/model.ts';
import { ExactNumber, isList, isObject, member, Sensitive, UNKNOWN, type Value, wholeOf } from '../plan/value.ts';

/**
 * Which attribute paths change (lanes.md 3, `changes`). Leaves only; comparison is by index and exact. Left out: mirrors
 * that the provider derives, and unknown values that nobody wrote (computed attributes).
 */
export function changedPaths(change: ResourceChange, row: CatalogRow | null, provider: Provider): readonly ChangedPath[] {
  const ignored = ignoredAttributes(change, row, provider);
  const paths: ChangedPath[] = [];
  compare(change.before, change.after, [], paths, ignored);
  return paths;
}

/** Every path that one side sets: what a create, destroy, forget, import or invoke touches. */
export function setPaths(
  change: ResourceChange,
  side: 'before' | 'after',
  row: CatalogRow | null,
  provider: Provider,
): readonly ChangedPath[] {
  const values = side === 'before' ? change.before : change.after;
  if (values === null) return [{ path: [], maybe: true, subtree: true }];
  const paths: ChangedPath[] = [];
  compare(null, values, [], paths, ignoredAttributes(change, row, provider));
  // An object of which nothing is known to be set: `only` must not hold of nothing (lanes.md 3).
  return paths.length > 0 ? paths : [{ path: [], maybe: true, subtree: true }];
}

interface Ignored {
  readonly mirrors: ReadonlySet<string>;
  /** Attributes whose unknown values are no change. */
  readonly computed: ReadonlySet<string>;
}

const ignoredIn = new WeakMap<
  ConfigBlock,
  { readonly row: CatalogRow | null; readonly provider: Provider; readonly ignored: Ignored }
>();

/** The same for all rows of a block. */
function ignoredAttributes(change: ResourceChange, row: CatalogRow | null, provider: Provider): Ignored {
  const { block } = change;
  const known = block === null ? undefined : ignoredIn.get(block);
  if (known?.row === row && known.provider === provider) return known.ignored;
  const ignored = ignoredOf(change, row, provider);
  if (block !== null) ignoredIn.set(block, { row, provider, ignored });
  return ignored;
}

function ignoredOf(change: ResourceChange, row: CatalogRow | null, provider: Provider): Ignored {
  const configured = change.block?.expressions ?? null;
  const mirrors = new Set(provider.mirrors.filter((name) => !configured?.has(name)));
  const computed = new Set(row?.computed ?? []);
  if (configured) for (const name of row?.optional_computed ?? []) if (!configured.has(name)) computed.add(name);
  return { mirrors, computed };
}

/** Iterative, so that user-deep JSON cannot exhaust the stack. */
function compare(before: Value | undefined, after: Value | undefined, at: Path, out: ChangedPath[], ignored: Ignored): void {
  const work: { before: Value; after: Value; path: Path }[] = [
    { before: wholeOf(before ?? null), after: wholeOf(after ?? null), path: at },
  ];
  while (work.length > 0) {
    const item = work.pop() as { before: Value; after: Value; path: Path };
    const top = item.path[0];
    if (top !== undefined && ignored.mirrors.has(top)) continue;
    if (item.after === UNKNOWN || item.before === UNKNOWN) {
      if (item.path.length === 1 && top !== undefined && ignored.computed.has(top)) continue;
      const other = item.after === UNKNOWN ? item.before : item.after;
      out.push({ path: item.path, maybe: true, subtree: isContainer(other) || item.path.length === 0 });
      continue;
    }
    if (isContainer(item.before) || isContainer(item.after)) {
      if (item.before instanceof Sensitive || item.after instanceof Sensitive) {
        if (!sameLeaf(item.before, item.after)) out.push({ path: item.path, maybe: false, subtree: true });
        continue;
      }
      const names = childNames(item.before, item.after);
      if (names.length === 0) {
        if (!isEmpty(item.before) || !isEmpty(item.after)) out.push({ path: item.path, maybe: false, subtree: false });
        continue;
      }
      if (turnsScalar(item.before, item.after)) out.push({ path: item.path, maybe: false, subtree: false });
      for (const name of names) {
        const was = childOf(item.before, name);
        const is = childOf(item.after, name);
        // Most of what an update leaves alone.
        if (was === is && was !== UNKNOWN && (was === null || typeof was !== 'object')) continue;
        work.push({ before: was, after: is, path: [...item.path, name] });
      }
      continue;
    }
    if (!sameLeaf(item.before, item.after)) {
      out.push({ path: item.path, maybe: false, subtree: hidesContainer(item.before) || hidesContainer(item.after) });
    }
  }
  out.reverse();
}

function hidesContainer(value: Value): boolean {
  return value instanceof Sensitive && value.container;
}

function isContainer(value: Value): boolean {
  return isObject(value) || isList(value);
}

/** Null, `{}` and `[]` are alike: what is not set. */
function isEmpty(value: Value): boolean {
  if (isList(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === null;
}

function turnsScalar(a: Value, b: Value): boolean {
  return (a !== null && !isContainer(a)) || (b !== null && !isContainer(b));
}

function childNames(a: Value, b: Value): string[] {
  if (a === null && isObject(b)) return Object.keys(b);
  if (b === null && isObject(a)) return Object.keys(a);
  const names = new Set<string>();
  for (const value of [a, b] as readonly Value[]) {
    if (isList(value)) for (let i = 0; i < value.length; i += 1) names.add(String(i));
    else if (isObject(value)) for (const key of Object.keys(value)) names.add(key);
  }
  return [...names];
}

function childOf(value: Value, name: string): Value {
  if (isList(value)) return value[Number(name)] ?? null;
  return member(value, name) ?? null;
}

function sameLeaf(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Sensitive || b instanceof Sensitive) {
    if (a === null || b === null) return false;
    return (a instanceof Sensitive ? a.digest : digestOf(a)) === (b instanceof Sensitive ? b.digest : digestOf(b));
  }
  return a instanceof ExactNumber && b instanceof ExactNumber && a.text === b.text;
}
