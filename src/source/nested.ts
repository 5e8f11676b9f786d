import type { ConfigExpression, ConfigExpressions } from '../plan/model.ts';
import { isList, isObject, type ListValue, member, type ObjectValue, UNKNOWN, type Value } from '../plan/value.ts';
import { type Argument, type Block, literalText } from './body.ts';
import type { Declaration, Place, SourceFile } from './folder.ts';
import { type JsonNode, objectsOf, readJson } from './json-body.ts';

/** Arguments that hold the tags of an object, or of something in it, as a map. */
export const CARRIERS: ReadonlySet<string> = new Set(['tags', 'labels', 'user_labels', 'resource_labels', 'resource_tags']);

/** A block on the way to an argument: the `index`th of those of its name, which the plan lists as `planned`. */
export interface Step {
  readonly name: string;
  readonly index: number;
  readonly planned: ListValue;
}

/** A map of tags that the plan hides: in blocks of the row's block, as an argument, or within the value of one. */
export interface HiddenMap {
  /** As it stands in the plan: `tags`, `node_config.0.resource_labels`, `manifest.metadata.labels`. */
  readonly path: string;
  readonly steps: readonly Step[];
  readonly argument: string;
  /** Keys that lead from the argument's value to the map. */
  readonly within: readonly string[];
  readonly expression: ConfigExpression;
}

/** Every map of tags in the values of a row that the plan hides and its block writes. */
export function hiddenMaps(values: ObjectValue, expressions: ConfigExpressions): readonly HiddenMap[] {
  const found: HiddenMap[] = [];
  inBlock(values, expressions, [], '');
  return found;

  function inBlock(at: ObjectValue, written: ConfigExpressions, steps: readonly Step[], front: string): void {
    for (const [name, expression] of written) {
      const value = member(at, name);
      const path = `${front}${name}`;
      if (expression.kind !== 'blocks') inValue(value, path, name, [], expression, steps);
      // A `dynamic` block leaves no trace among the expressions: then there are more objects than blocks.
      else if (isList(value) && value.length === expression.blocks.length) {
        for (const [index, inner] of expression.blocks.entries()) {
          const object = value[index];
          if (isObject(object)) inBlock(object, inner, [...steps, { name, index, planned: value }], `${path}.${index}.`);
        }
      }
    }
  }

  function inValue(
    value: Value | undefined,
    path: string,
    argument: string,
    within: readonly string[],
    expression: ConfigExpression,
    steps: readonly Step[],
  ): void {
    const name = within.at(-1) ?? argument;
    if (value === UNKNOWN && CARRIERS.has(name)) found.push({ path, steps, argument, within, expression });
    else if (isObject(value) && !CARRIERS.has(name)) {
      for (const key of Object.keys(value)) inValue(value[key], `${path}.${key}`, argument, [...within, key], expression, steps);
    }
  }
}

/** The value of an argument in its file, by offsets. */
export interface ValuePlace {
  readonly file: SourceFile;
  readonly from: number;
  readonly to: number;
}

/** What holds arguments: a block, or in JSON syntax an object. */
interface Holder {
  readonly file: SourceFile;
  readonly arguments: readonly Argument[];
  /** The blocks of a name in it; null where others may be made of it. */
  inner(name: string): readonly Holder[] | null;
}

/** The one value that these blocks of a declaration give an argument; null where the text does not show which. */
export function valuePlace(declaration: Declaration, steps: readonly Step[], argument: string): ValuePlace | null {
  const places: readonly Place[] = [declaration, ...declaration.overrides];
  const [first] = steps;
  // An override sets arguments anew, and takes the place of all blocks of a name.
  const setting = places.filter(({ block }) => setsName(block, first?.name ?? argument));
  const owner = first === undefined ? setting.at(-1) : setting.length === 1 ? setting[0] : undefined;
  if (owner === undefined) return null;
  let holder = holderOf(owner);
  for (const { name, index, planned } of steps) {
    const inner = holder.inner(name);
    if (inner === null || inner.length !== planned.length || !inOrder(inner, planned)) return null;
    holder = inner[index] as Holder;
  }
  const given = holder.arguments.filter(({ name }) => name === argument);
  const [only] = given;
  return only === undefined || given.length > 1 ? null : { file: holder.file, from: only.valueStart, to: only.valueEnd };
}

function setsName({ body }: Block, name: string): boolean {
  return (
    body.arguments.some((one) => one.name === name || one.name === 'dynamic') ||
    body.blocks.some(({ type, labels }) => type === name || (type === 'dynamic' && labels[0] === name))
  );
}

function holderOf({ file, block }: Place): Holder {
  if (file.syntax === 'json') return jsonHolder(file, block.body.arguments);
  return {
    file,
    arguments: block.body.arguments,
    inner: (name) => {
      if (block.body.blocks.some(({ type, labels }) => type === 'dynamic' && labels[0] === name)) return null;
      return block.body.blocks.filter(({ type }) => type === name).map((one) => holderOf({ file, block: one }));
    },
  };
}

function jsonHolder(file: SourceFile, own: readonly Argument[]): Holder {
  return {
    file,
    arguments: own,
    inner: (name) => {
      const given = own.filter((one) => one.name === name);
      const [only] = given;
      if (only === undefined || given.length > 1 || own.some((one) => one.name === 'dynamic')) return null;
      const node = readJson(file.text.slice(only.valueStart, only.valueEnd));
      return objectsOf(node).map((object) => jsonHolder(file, argumentsOf(object, only)));
    },
  };
}

function argumentsOf({ members }: JsonNode & { kind: 'object' }, { line, valueStart }: Argument): Argument[] {
  return members
    .filter(({ key }) => key !== '//')
    .map(({ key, start, value }) => ({
      name: key,
      line,
      start: valueStart + start,
      valueStart: valueStart + value.start,
      valueEnd: valueStart + value.end,
    }));
}

/** A plan sorts blocks that are a set: where there are several, each must be told from the others by what both sides show of it. */
function inOrder(inner: readonly Holder[], planned: ListValue): boolean {
  if (inner.length < 2) return true;
  const shown = inner.map((holder) => literalsOf(holder));
  const same = shown.every((literals, index) => {
    const object = planned[index];
    return isObject(object) && [...literals].every(([name, text]) => member(object, name) === text);
  });
  return same && new Set(shown.map((literals) => JSON.stringify([...literals].sort()))).size === inner.length;
}

function literalsOf({ file, arguments: own }: Holder): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, valueStart, valueEnd } of own) {
    const spelled = file.text.slice(valueStart, valueEnd);
    if (!/^"(?:[^"\\$%]|[$%](?!\{))*"$/.test(spelled)) continue;
    const text = literalText(spelled);
    if (text !== null) found.set(name, text);
  }
  return found;
}
