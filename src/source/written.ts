import type { WrittenMap } from '../../providers/provider.ts';
import type { ConfigExpression, ResourceChange } from '../plan/model.ts';
import { member, UNKNOWN, type Value } from '../plan/value.ts';
import { evaluate } from './evaluate.ts';
import { locate } from './locate.ts';
import { scan } from './scan.ts';
import { scopeOf } from './scope.ts';
import { argumentOf, type ModuleTree } from './tree.ts';

/** Arguments that hold the tags of an object as a map. */
const CARRIERS = ['tags', 'labels', 'user_labels', 'resource_labels'];

function hidden({ after, block, mode }: ResourceChange): string[] {
  if (after === null || after === UNKNOWN || block === null || mode !== 'managed') return [];
  return CARRIERS.filter((name) => member(after, name) === UNKNOWN && block.expressions.has(name));
}

/** What the text says of the tags that the plan hides, by argument; empty where it says nothing for certain. */
export async function writtenTags(
  change: ResourceChange,
  tree: ModuleTree,
  variables: ReadonlyMap<string, Value>,
): Promise<ReadonlyMap<string, WrittenMap>> {
  const found = new Map<string, WrittenMap>();
  for (const name of hidden(change)) {
    const map = await writtenMap(change, name, tree, variables);
    if (map !== null) found.set(name, map);
  }
  return found;
}

/** What the text says of one argument of a row's block; null where it says nothing for certain. */
export async function writtenMap(
  change: ResourceChange,
  name: string,
  tree: ModuleTree,
  variables: ReadonlyMap<string, Value>,
): Promise<WrittenMap | null> {
  const located = change.block === null ? null : await locate(change.block, tree);
  if (located === null || !('found' in located)) return null;
  const { module, declaration } = located.found;
  // What an update ignores stays as it was, whatever is written.
  const ignores = [declaration, ...declaration.overrides].some(({ block }) =>
    block.body.blocks.some(
      (inner) => inner.type === 'lifecycle' && inner.body.arguments.some((one) => one.name === 'ignore_changes'),
    ),
  );
  const place = ignores && change.before !== null ? null : argumentOf(declaration, name);
  if (place === null || place.file.syntax === 'json') return null;
  const { valueStart, valueEnd } = place.argument;
  const { text } = place.file;
  if (!sameReferences(text.slice(valueStart, valueEnd), change.block?.expressions.get(name))) return null;
  const reading = await evaluate(text, valueStart, valueEnd, scopeOf(change, module, declaration, variables));
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

/** Whether an expression of the plan refers to the same things as the text does. */
function sameReferences(written: string, planned: ConfigExpression | undefined): boolean {
  const own = rootsOf(written);
  if (own === null || planned === undefined || planned.kind === 'blocks') return false;
  const theirs = planned.kind === 'references' ? planned.names.map(rootOf) : [];
  const all = new Set(theirs);
  return own.size === all.size && [...own].every((name) => all.has(name));
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
