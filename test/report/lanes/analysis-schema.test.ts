import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { closed } from '../schema.ts';

const ROOT = join(import.meta.dirname, '../../..');
const GOLDEN = join(ROOT, 'fixtures/golden');

interface Told {
  readonly format: string;
}
const told = readdirSync(GOLDEN)
  .map((name) => ({ name, path: join(GOLDEN, name, 'expected.json') }))
  .filter(({ path }) => existsSync(path))
  .map(({ name, path }) => ({ name, report: JSON.parse(readFileSync(path, 'utf8')) as Told }));

describe.each([
  ['inlane-check/1', 'checked'],
  ['inlane-diff/1', 'compared'],
  ['inlane-lanes/1', 'shown'],
])('%s', (format, file) => {
  const schema = JSON.parse(readFileSync(join(ROOT, `src/report/lanes/${file}.schema.json`), 'utf8')) as object;
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const reports = told.filter(({ report }) => report.format === format);

  it('has golden cases', () => {
    expect(reports.length).toBeGreaterThan(0);
  });

  it.each(reports)('$name is as the published schema says, and has no key that it does not name', ({ report }) => {
    const open = ajv.compile(schema);
    expect(open(report) ? null : open.errors).toBeNull();
    const strict = new Ajv2020({ allErrors: true, strict: false }).compile(closed(schema) as object);
    expect(strict(report) ? null : strict.errors).toBeNull();
  });

  it('turns away a report without its outcome', () => {
    const { format: _, ...rest } = (reports[0] as (typeof reports)[number]).report;
    expect(ajv.compile(schema)(rest)).toBe(false);
  });
});
