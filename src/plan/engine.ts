import { STRUCTURE } from './structure.ts';

/** What the module of scripts/scan/structure.as exports. */
export interface Engine {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly input: { readonly value: number };
  readonly records: { readonly value: number };
  readonly rows: { readonly value: number };
  readonly objects: { readonly value: number };
  readonly texts: { readonly value: number };
  readonly textStarts: { readonly value: number };
  readonly failed: { readonly value: number };
  readonly hidden: { readonly value: number };
  reset(): void;
  complete(): number;
  count(): number;
  rowCount(): number;
  objectCount(): number;
  textCount(): number;
  scan(length: number): number;
  forget(): void;
  want(length: number): void;
  search(length: number, shortest: number): number;
}

/** Bytes that `input` has room for. */
export const BLOCK = 1 << 20;

/** What is used of WebAssembly, of which Node's types know too little. */
interface Assembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let compiled: object | null = null;

/** A new instance; compiled once, when first asked for. */
export function engine(): Engine {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Assembly }).WebAssembly;
  compiled ??= new Module(Buffer.from(STRUCTURE, 'base64'));
  return new Instance(compiled).exports as Engine;
}
