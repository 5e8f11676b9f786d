import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const schema = JSON.parse(readFileSync(new URL('../../src/report/schema.json', import.meta.url), 'utf8'));

/** Every object closed, so that a key which the schema does not know fails. The published schema stays open: keys may be added. */
export function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (copy.type === 'object' && copy.properties !== undefined) copy.additionalProperties = false;
  return copy;
}

const ajv = new Ajv2020({ allErrors: true, strict: false });
const open = ajv.compile(schema);
const strict = ajv.compile(closed(schema) as object);

export function expectValid(report: unknown): void {
  const plain = JSON.parse(JSON.stringify(report));
  expect(open(plain) ? null : open.errors).toBeNull();
  expect(strict(plain) ? null : strict.errors).toBeNull();
}

export function isValid(report: unknown): boolean {
  return open(JSON.parse(JSON.stringify(report))) as boolean;
}
