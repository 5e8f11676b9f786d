import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type GateOptions, gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';
import { expectValid } from '../report/schema.ts';
import { root } from '../stories.ts';

const lanes = [join(root, 'fixtures/lanes/inlane.yaml')];
const run = async (folder: string, more: Partial<GateOptions> = {}) => {
  const options = { plans: ['plan.json'], cwd: join(root, folder), lanes, as: 'dana', now: '2026-11-20T12:00:00Z', ...more };
  const { reports } = await gate(options);
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  expectValid(report);
  return report;
};

const unknown = (report: Report) =>
  report.findings.filter(({ code }) => code === 'tag-unknown').map(({ address, key }) => `${address} ${key}`);
const sources = (report: Report) =>
  report.changes.map(({ address, source }) => [address, source && `${source.file}:${source.line}`]);

describe('tags that the plan hides', () => {
  const folder = 'fixtures/stories/aws-unknown-tags';

  it('are unknown without the text', async () => {
    const report = await run(folder, { source: false });
    expect(unknown(report)).toEqual([
      'aws_dynamodb_table.literal environment',
      'aws_dynamodb_table.literal team',
      'aws_dynamodb_table.open environment',
      'aws_dynamodb_table.open team',
    ]);
    expect(sources(report).every(([, place]) => place === null)).toBe(true);
  });

  it('are read from the text beside the plan; what stays open is named, whatever lines are shown', async () => {
    for (const lines of ['none', 'out-of-lane', 'all'] as const) {
      const report = await run(folder, { lines });
      expect(unknown(report)).toEqual(['aws_dynamodb_table.open environment']);
      expect(report.findings[0]?.message).toContain('`terraform_data.environment.output`, which is known only after apply');
      const literal = report.changes.find(({ address }) => address === 'aws_dynamodb_table.literal');
      expect(literal?.verdict).toBe('allow');
      expect(literal?.facts.find(({ key }) => key === 'environment')).toMatchObject({
        value: 'development',
        sources: [{ from: 'text', name: 'environment' }],
      });
    }
  });

  it('show the lines that were asked for', async () => {
    expect(sources(await run(folder, { lines: 'none' })).filter(([, place]) => place !== null)).toEqual([]);
    expect(sources(await run(folder, { lines: 'out-of-lane' })).filter(([, place]) => place !== null)).toEqual([
      ['aws_dynamodb_table.open', 'main.tf:10'],
    ]);
    expect(sources(await run(folder))).toEqual([
      ['aws_dynamodb_table.known', 'main.tf:45'],
      ['aws_dynamodb_table.literal', 'main.tf:27'],
      ['aws_dynamodb_table.open', 'main.tf:10'],
      ['aws_sqs_queue.source', 'main.tf:5'],
      ['terraform_data.environment', 'main.tf:1'],
    ]);
  });
});

describe('tags that the plan hides in blocks, in JSON syntax and in the defaults of a provider', () => {
  const folder = 'fixtures/source/21-hidden-tags';
  const rules = `inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{tag: environment}], tag: environment, required: {class: [queue, machine-group]}}
  team: {values: [payments, other], from: [{tag: team}], tag: team, required: {class: [queue, machine-group]}}
lanes:
  all: {who: anyone, may: [{do: create, environment: development, team: payments}, {do: create, type: terraform_data}]}
`;
  const written = mkdtempSync(join(tmpdir(), 'inlane-hidden-'));
  writeFileSync(join(written, 'inlane.yaml'), rules);
  afterAll(() => rmSync(written, { recursive: true }));
  const hidden = (more: Partial<GateOptions> = {}) => run(folder, { lanes: [join(written, 'inlane.yaml')], ...more });

  it('are unknown without the text', async () => {
    const report = await hidden({ source: false });
    const rows = ['aws_launch_template.workers', 'aws_sqs_queue.plain', 'aws_sqs_queue.json'];
    expect(unknown(report).sort()).toEqual(rows.flatMap((row) => [`${row} environment`, `${row} team`]).sort());
  });

  it('are read from the text, and what stays open is named', async () => {
    const report = await hidden();
    const fact = (address: string, key: string) =>
      report.changes.find((row) => row.address === address)?.facts.find((one) => one.key === key);
    for (const row of ['aws_sqs_queue.plain', 'aws_sqs_queue.json']) {
      expect(report.changes.find(({ address }) => address === row)?.verdict).toBe('allow');
      for (const [key, value] of [
        ['environment', 'development'],
        ['team', 'payments'],
      ] as const)
        expect(fact(row, key)).toMatchObject({ value, sources: [{ from: 'text', name: key }] });
    }
    // The second block of the launch template may give another value, or none.
    expect(unknown(report)).toEqual(['aws_launch_template.workers environment', 'aws_launch_template.workers team']);
    expect(report.findings[0]?.message).toContain('`tag_specifications.1.tags.environment` is made of an expression');
  });
});

describe('the configuration of another stack', () => {
  const plans = [join(root, 'fixtures/source/13-postgres/plan.json')];

  it("is not taken for the plan's, and the report says so", async () => {
    const report = await run('fixtures/source/01-flat-queues', { plans });
    expect(sources(report).every(([, place]) => place === null)).toBe(true);
    for (const { source_why } of report.changes)
      expect(source_why).toMatch(/^the call of `module\.database`: no file in the stack declares it$/);
    expect(report.diagnostics).toContainEqual(expect.objectContaining({ code: 'source-unknown', severity: 'note' }));
  });

  it('is not spoken of where there is none at all', async () => {
    const report = await run('fixtures', { plans });
    expect(report.changes.every((row) => row.source === null && row.source_why === undefined)).toBe(true);
    expect(report.diagnostics.filter(({ code }) => code === 'source-unknown')).toEqual([]);
  });
});

it('paths stay relative, whatever the stack is called', async () => {
  const report = await run('fixtures/source', {
    plans: ['03-count-and-each/plan.json'],
    stack: join(root, 'fixtures/source/03-count-and-each'),
  });
  expect(JSON.stringify(report)).not.toContain(join(root, 'fixtures'));
  // What hosts put in front of them.
  expect(report.stack).toBe('fixtures/source/03-count-and-each');
  expect(new Set(sources(report).map(([, place]) => place))).toEqual(
    new Set(['main.tf:12', 'modules/environment/main.tf:5', 'modules/environment/main.tf:13']),
  );
});
