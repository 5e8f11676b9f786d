import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  expect(new Set(sources(report).map(([, place]) => place))).toEqual(
    new Set(['main.tf:12', 'modules/environment/main.tf:5', 'modules/environment/main.tf:13']),
  );
});
