import type { WrittenMap } from '../../providers/provider.ts';
import type { ConfigExpression, ProviderBlock, ResourceChange } from '../plan/model.ts';
import { UNKNOWN, type Value } from '../plan/value.ts';
import { defaultsAt, providerDeclaration } from './defaults.ts';
import type { Reading, Scope } from './evaluate.ts';
import type { Declaration, Place } from './folder.ts';
import { evaluateIn, interpolationsIn } from './json-value.ts';
import { locate } from './locate.ts';
import { type HiddenMap, hiddenMaps, type ValuePlace, valuePlace } from './nested.ts';
import { ScanError, scan } from './scan.ts';
import { rootScope, scopeOf } from './scope.ts';
import type { ModuleTree } from './tree.ts';

/** What the text says of the tags that the plan hides, by plan path; empty where it says nothing for certain. */
export async function writtenTags(
  change: ResourceChange,
  tree: ModuleTree,
  variables: ReadonlyMap<string, Value>,
): Promise<ReadonlyMap<string, WrittenMap>> {
  const found = new Map<string, WrittenMap>();
  const { after, block, mode } = change;
  if (after === null || after === UNKNOWN || block === null || mode !== 'managed') return found;
  for (const hidden of hiddenMaps(after, block.expressions)) {
    const map = await writtenMap(change, hidden, tree, variables);
    if (map !== null) found.set(hidden.path, map);
  }
  return found;
}

/** What the text says of one map of a row's block; null where it says nothing for certain. */
export async function writtenMap(
  change: ResourceChange,
  { steps, argument, within, expression }: Omit<HiddenMap, 'path'>,
  tree: ModuleTree,
  variables: ReadonlyMap<string, Value>,
): Promise<WrittenMap | null> {
  const located = change.block === null ? null : await locate(change.block, tree);
  if (located === null || !('found' in located)) return null;
  const { module, declaration } = located.found;
  // What an update ignores stays as it was, whatever is written.
  if (change.before !== null && ignoresChanges(declaration)) return null;
  const place = valuePlace(declaration, steps, argument);
  if (place === null || !sameReferences(place, expression)) return null;
  return mapAt(place, within, scopeOf(change, module, declaration, variables));
}

/** What the text says of the tags that a provider gives to all its objects, where the plan shows no constant. */
export async function writtenDefaults(
  provider: ProviderBlock,
  tree: ModuleTree,
  variables: ReadonlyMap<string, Value>,
): Promise<{ readonly path: string; readonly map: WrittenMap } | null> {
  const at = defaultsAt(provider);
  if (at === null || at.expression.kind !== 'references') return null;
  const declared = await providerDeclaration(provider, tree);
  if (declared === null) return null;
  const place = valuePlace(declared.declaration, at.steps, at.argument);
  if (place === null || !sameReferences(place, at.expression)) return null;
  const map = await mapAt(place, [], rootScope(declared.module, variables));
  return map === null ? null : { path: at.path, map };
}

async function mapAt({ file, from, to }: ValuePlace, within: readonly string[], scope: Scope): Promise<WrittenMap | null> {
  let reading: Reading = await evaluateIn(file, from, to, scope);
  for (const key of within) {
    const next: Reading | undefined = reading.kind === 'map' ? reading.entries.get(key) : undefined;
    if (next === undefined) return null;
    reading = next;
  }
  if (reading.kind !== 'map') return null;
  const entries = [...reading.entries].map(
    ([key, value]) =>
      [
        key,
        value.kind === 'text' ? { value: value.text } : { why: value.kind === 'unknown' ? value.why : 'an expression' },
      ] as const,
  );
  return { entries: new Map(entries), open: reading.open };
}

function ignoresChanges(declaration: Declaration): boolean {
  const places: readonly Place[] = [declaration, ...declaration.overrides];
  return places.some(({ file, block: { body } }) =>
    file.syntax === 'json'
      ? body.arguments.some(
          ({ name, valueStart, valueEnd }) =>
            name === 'lifecycle' && file.text.slice(valueStart, valueEnd).includes('"ignore_changes"'),
        )
      : body.blocks.some(
          ({ type, body: inner }) => type === 'lifecycle' && inner.arguments.some(({ name }) => name === 'ignore_changes'),
        ),
  );
}

/** Whether an expression of the plan refers to the same things as the text does. */
function sameReferences(place: ValuePlace, planned: ConfigExpression): boolean {
  const own = rootsAt(place);
  if (own === null || planned.kind === 'blocks') return false;
  const theirs = planned.kind === 'references' ? planned.names.map(rootOf) : [];
  const all = new Set(theirs);
  return own.size === all.size && [...own].every((name) => all.has(name));
}

function rootsAt({ file, from, to }: ValuePlace): Set<string> | null {
  if (file.syntax === 'native') return rootsOf(file.text.slice(from, to));
  const inner = interpolationsIn(file.text, from, to);
  if (inner === null) return null;
  const found = new Set<string>();
  for (const expression of inner) {
    const roots = rootsOfUnread(expression);
    if (roots === null) return null;
    for (const name of roots) found.add(name);
  }
  return found;
}

/** Of an expression that no parser has seen. */
function rootsOfUnread(expression: string): Set<string> | null {
  try {
    return rootsOf(expression);
  } catch (error) {
    if (error instanceof ScanError) return null;
    throw error;
  }
}

/** First two steps; three of a data source. */
function rootOf(name: string): string {
  const steps = name.replace(/\[.*$/s, '').split('.');
  return steps.slice(0, steps[0] === 'data' ? 3 : 2).join('.');
}

/** Everything that an expression refers to; null where a loop gives names of its own. */
function rootsOf(written: string): Set<string> | null {
  const found = new Set<string>();
  const tokens = scan(written);
  const spelled = tokens.map(({ start, end }) => written.slice(start, end));
  for (const [index, token] of tokens.entries()) {
    const own = spelled[index] as string;
    if (token.kind === 'heredoc' || own === 'for') return null;
    if (token.kind === 'string') {
      for (const [, inner = ''] of own.matchAll(/[$%]\{~?((?:[^{}"]|"[^"]*")*)\}/g)) {
        const inside = rootsOf(inner);
        if (inside === null) return null;
        for (const name of inside) found.add(name);
      }
    }
    if (token.kind !== 'identifier' || spelled[index - 1] === '.' || spelled[index + 1] !== '.') continue;
    const steps = [own];
    for (let at = index + 1; spelled[at] === '.' && tokens[at + 1]?.kind === 'identifier'; at += 2)
      steps.push(spelled[at + 1] as string);
    found.add(rootOf(steps.join('.')));
  }
  return found;
}
