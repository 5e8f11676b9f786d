import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { closed } from '../schema.ts';

const schema = JSON.parse(readFileSync(new URL('../../../src/report/lanes/shown.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: false });
const open = ajv.compile(schema);
const strict = ajv.compile(closed(schema) as object);

/** Valid as published, and without a key that the schema does not know. */
export function expectShown(shown: unknown): void {
  const plain = JSON.parse(JSON.stringify(shown));
  expect(open(plain) ? null : open.errors).toBeNull();
  expect(strict(plain) ? null : strict.errors).toBeNull();
}

export function isShown(shown: unknown): boolean {
  return open(JSON.parse(JSON.stringify(shown))) as boolean;
}
