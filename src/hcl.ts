import { kindOfError } from './errors.ts';

/** What HashiCorp's parser reads in one file: block type -> labels -> bodies, as hcl2json spells it. */
export type HclJson = { readonly [name: string]: unknown };

export type HclParse = { readonly ok: true; readonly json: HclJson } | { readonly ok: false; readonly why: string };

interface Bridge {
  parse(filename: string, contents: string): Promise<HclJson>;
}

let bridge: Promise<Bridge> | null = null;

/**
 * Parses HCL native syntax with the parser that Terraform itself uses, compiled to WebAssembly. The only door to `@cdktf/hcl2json`,
 * which takes some hundred milliseconds to start and is imported on first use. The message of a refusal may quote the text, so only its
 * place is told.
 */
export async function parseHcl(text: string): Promise<HclParse> {
  bridge ??= load();
  const { parse } = await bridge;
  try {
    return { ok: true, json: await parse('file', text) };
  } catch (error) {
    const place = /\[file:(\d+),/.exec(error instanceof Error ? error.message : '')?.[1];
    return { ok: false, why: place === undefined ? `it is no HCL (${kindOfError(error)})` : `it is no HCL (line ${place})` };
  }
}

async function load(): Promise<Bridge> {
  const module = (await import('@cdktf/hcl2json')) as Bridge & { readonly default?: Bridge };
  return module.default ?? module;
}
