import type { ObjectMember } from './heads.ts';
import type { Json, JsonObject } from './json.ts';
import { type PieceReader, parse, textOf } from './piece-reader.ts';
import type { PieceSpan } from './pieces.ts';
import type { Structure } from './scanner.ts';
import type { Source } from './source.ts';

/** An object of the prior state, each of its members read when asked for, and the address of its module. */
export interface StateObject {
  member(name: ObjectMember): Json | undefined;
  values(): Json | undefined;
  readonly module: string | null;
  /** The JSON of `values` where it stays in the file and is an object; good until the next call. Else null. */
  json(): Buffer | null;
}

/** The prior state of a plan that stays in its file. */
export class StreamedState {
  readonly #source: Source;
  readonly #structure: Structure;
  readonly #reader: PieceReader;

  constructor(source: Source, structure: Structure, reader: PieceReader) {
    this.#source = source;
    this.#structure = structure;
    this.#reader = reader;
  }

  /** How many objects it has; what is no object there does not count. */
  get length(): number {
    const { objects, objectHeads } = this.#structure;
    let length = 0;
    for (let index = 0; index < objects.length; index += 1) if (objectHeads.isObject(index)) length += 1;
    return length;
  }

  /** The objects of a module, then those of its children. */
  *[Symbol.iterator](): Generator<StateObject> {
    const { modules, objectHeads } = this.#structure;
    for (const { address, objects } of modules) {
      const text = address === null ? null : this.#reader.value(address.start, address.end, true);
      const module = typeof text === 'string' && text !== '' ? text : null;
      for (let index = objects.start; index < objects.end; index += 1) {
        if (objectHeads.isTold(index)) yield new ToldObject(this, index, module);
        else if (objectHeads.isObject(index)) {
          const resource = this.object(index);
          yield { member: (name) => resource[name], values: () => resource.values, module, json: () => null };
        }
      }
    }
  }

  /** One as a whole. */
  object(index: number): JsonObject {
    return this.#reader.piece(this.#structure.objects, index, null, ['values']) as JsonObject;
  }

  /** A member of one whose members are told (heads.ts). */
  member(index: number, name: ObjectMember): Json | undefined {
    return this.#structure.objectHeads.value(index, name);
  }

  /** Their values, where they are an object: JSON. */
  json(index: number): Buffer | null {
    const { objects, objectHeads } = this.#structure;
    if (!objectHeads.hasSide(index, 'before')) return null;
    const span = objects.side(index, 'before') as PieceSpan;
    return this.#source.read(span.start, span.end);
  }
}

/** One for each object, so it holds no more than where it is. */
class ToldObject implements StateObject {
  readonly module: string | null;
  readonly #state: StreamedState;
  readonly #index: number;

  constructor(state: StreamedState, index: number, module: string | null) {
    this.module = module;
    this.#state = state;
    this.#index = index;
  }

  member(name: ObjectMember): Json | undefined {
    return this.#state.member(this.#index, name);
  }

  values(): Json | undefined {
    const json = this.json();
    return json === null ? undefined : parse(textOf(json));
  }

  json(): Buffer | null {
    return this.#state.json(this.#index);
  }
}
