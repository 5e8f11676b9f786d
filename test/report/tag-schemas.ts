import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { closed } from './schema.ts';

const FILES = {
  scan: 'scan/schema.json',
  shard: 'scan/shard.schema.json',
  repair: 'repair/schema.json',
  shards: 'shards/schema.json',
} as const;
export type TagSchema = keyof typeof FILES;

const ajv = new Ajv2020({ allErrors: true, strict: false });
const SCHEMAS = new Map(
  Object.entries(FILES).map(([name, file]) => {
    const schema = JSON.parse(readFileSync(new URL(`../../src/report/${file}`, import.meta.url), 'utf8')) as { $id: string };
    // The published schema stays open, since keys are added; here every key must be one that it knows.
    return [
      name,
      { open: ajv.compile(schema), closed: ajv.compile({ ...(closed(schema) as object), $id: `${schema.$id}:closed` }) },
    ];
  }),
);

/** Returns the report, so that it can be asked about. */
export function valid<R>(name: TagSchema, report: R): R {
  const { open, closed: strict } = SCHEMAS.get(name) as {
    open: ReturnType<typeof ajv.compile>;
    closed: ReturnType<typeof ajv.compile>;
  };
  const plain = JSON.parse(JSON.stringify(report)) as unknown;
  expect(open(plain) ? null : open.errors).toBeNull();
  expect(strict(plain) ? null : strict.errors).toBeNull();
  return report;
}
