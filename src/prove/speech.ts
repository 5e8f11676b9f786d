import type { AttributeDefinition, AttributeSource } from '../classify/attribute.ts';
import { type Reading, readingOf, speak } from '../classify/attributes.ts';
import { type Bits, bitsOf, type Cube, type CubeSpace, isEmpty, meet } from './cube.ts';
import { KIND_VARIABLE, type Kind } from './kinds.ts';
import { type FactVariable, UNKNOWN_CELL, valueCell } from './values.ts';

/** What one source says in each cell of the fact that it reads. */
interface Voice {
  readonly variable: number;
  readonly silent: Bits;
  /** By what it says; null = something that cannot be known, or several things. */
  readonly values: ReadonlyMap<string | null, Bits>;
}

/**
 * Combinations of an attribute and the facts its sources read that no change has (lanes.md 4: sources that speak must agree,
 * none speaking is unknown). An attribute that is not derived may also be said by sources that no rule asks for.
 */
export function speeches(
  definition: AttributeDefinition,
  attribute: FactVariable,
  facts: readonly FactVariable[],
  kinds: readonly Kind[],
  cubes: CubeSpace,
): Cube[] {
  return tagGroups(definition, facts, kinds, cubes).flatMap(({ kind, carried, foldKey }) => {
    const voices = definition.sources.flatMap((source) => {
      const key = keyOf(source, carried);
      const fact =
        key === 'provider'
          ? providers(kinds)
          : facts.find((f) => f.key === key || (key !== null && foldKey(f.key) === foldKey(key)));
      return fact ? [voiceOf(definition, source, fact)] : [];
    });
    const at = (cells: Bits, ...parts: readonly (readonly [number, Bits])[]): Cube[] => {
      let all: Cube | null = new Map([[attribute.variable, cells]]);
      for (const part of [...kind, ...parts]) all = all && !isEmpty(part[1]) ? meet(all, new Map([part])) : null;
      return all && !isEmpty(cells) ? [all] : [];
    };
    const saying = (...wanted: readonly (string | undefined)[]) =>
      bitsOf(attribute.cells.length, (cell) => wanted.includes(attribute.cells[cell]?.spelled as string | undefined));
    const notSaying = (...wanted: readonly (string | undefined)[]) =>
      bitsOf(attribute.cells.length, (cell) => !wanted.includes(attribute.cells[cell]?.spelled as string | undefined));
    const open = voices.flatMap(({ variable, values }) =>
      [...values].flatMap(([value, cells]) => at(notSaying(value ?? undefined, undefined), [variable, cells])),
    );
    if (!attribute.derived) return open;
    const said = attribute.cells.flatMap(({ spelled }) => (typeof spelled === 'string' ? [spelled] : []));
    // Nobody else speaks: a value needs a voice, and one voice that nobody contradicts is heard.
    return [
      ...open,
      ...said.flatMap((value) => at(saying(value), ...voices.map((v) => [v.variable, notBits(v, value, cubes)] as const))),
      ...said.flatMap((value) =>
        voices.flatMap((voice) =>
          at(
            saying(undefined),
            [voice.variable, voice.values.get(value) ?? new Uint32Array(voice.silent.length)],
            ...voices.map((v) => [v.variable, orSilent(v, value)] as const),
          ),
        ),
      ),
    ];
  });
}

/** Kinds by the tag key that carries the attribute, and by which keys are one; one group of all where no source reads a tag. */
function tagGroups(definition: AttributeDefinition, facts: readonly FactVariable[], kinds: readonly Kind[], cubes: CubeSpace) {
  if (!definition.sources.some(({ from }) => from === 'tag'))
    return [{ kind: [], carried: null, foldKey: (key: string): string => key }];
  const carriedBy = ({ carrier }: Kind) => (carrier === null ? null : (definition.carriers?.get(carrier) ?? null));
  const tags = [
    ...facts.map(({ key }) => key),
    ...definition.sources.flatMap((source) => (source.from === 'tag' ? `tag.${source.key}` : [])),
  ].filter((key) => key.startsWith('tag.'));
  const groupOf = (kind: Kind) => JSON.stringify([carriedBy(kind), tags.map((key) => kind.foldKey(key))]);
  return [...new Map(kinds.map((kind) => [groupOf(kind), kind])).values()].map((one) => {
    const bits = bitsOf(cubes.sizes[KIND_VARIABLE] ?? 0, (cell) => groupOf(kinds[cell] as Kind) === groupOf(one));
    const fold = (key: string): string => (key.startsWith('tag.') ? one.foldKey(key) : key);
    return { kind: [[KIND_VARIABLE, bits] as const], carried: carriedBy(one), foldKey: fold };
  });
}

/** The provider is said by the kind. */
function providers(kinds: readonly Kind[]): FactVariable {
  const cells = kinds.map(({ provider }) => (provider === null ? UNKNOWN_CELL : valueCell(provider)));
  return { variable: KIND_VARIABLE, key: 'provider', cells, derived: false };
}

function keyOf(source: AttributeSource, carried: string | null): string | null {
  switch (source.from) {
    case 'variable':
      return `variable.${source.name}`;
    case 'attr':
      return `attr.${source.path.text}`;
    case 'tag':
      return source.carrier ? carried && `tag.${carried}` : `tag.${source.key}`;
    default:
      return source.from;
  }
}

function voiceOf(definition: AttributeDefinition, source: AttributeSource, fact: FactVariable): Voice {
  const alone: AttributeDefinition = { ...definition, sources: [source] };
  const said = fact.cells.map(({ state, spelled }): string | null | undefined => {
    const readings: readonly Reading[] = spelled === undefined ? [] : readingOf(null, state);
    const speech = speak(alone, {
      plain: () => readings,
      variable: () => readings[0] ?? null,
      attr: () => readings,
      tag: () => readings,
    });
    const [only, ...others] = new Set(speech.map((s) => ('value' in s ? s.value : null)));
    return others.length > 0 ? null : only;
  });
  const where = (wanted: string | null | undefined): Bits => bitsOf(fact.cells.length, (cell) => said[cell] === wanted);
  const values = new Set(said.flatMap((value) => (value === undefined ? [] : [value])));
  return {
    variable: fact.variable,
    silent: where(undefined),
    values: new Map([...values].map((value) => [value, where(value)])),
  };
}

function notBits({ variable, values }: Voice, value: string, cubes: CubeSpace): Bits {
  const own = values.get(value);
  return bitsOf(
    cubes.sizes[variable] ?? 0,
    (cell) => own === undefined || (((own[cell >>> 5] as number) >>> (cell & 31)) & 1) === 0,
  );
}

function orSilent({ silent, values }: Voice, value: string): Bits {
  const own = values.get(value);
  return silent.map((word, i) => word | (own?.[i] ?? 0));
}
