import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/read.ts';
import { environment, row, rowsOf, service } from '../classify/planned.ts';
import { root } from '../stories.ts';
import { Bench } from './gated.ts';
import { listAt, put, type TreeObject } from './mutate.ts';

const LANES = join(root, 'fixtures/lanes/inlane.yaml');
const bench = new Bench();
afterAll(() => bench.done());

function story(name: string): TreeObject {
  return JSON.parse(readFileSync(join(root, 'fixtures/stories', name, 'plan.json'), 'utf8')) as TreeObject;
}

async function verdict(plan: TreeObject, as: string) {
  const [report] = await bench.gate([JSON.stringify(plan)], [LANES], {
    as,
    now: '2026-11-20T12:00:00Z',
    workspace: 'orders-production',
  });
  return { verdict: report?.verdict, because: (report?.because ?? []).map(({ id }) => id) };
}

/** What the laws found once, kept as plain examples. */
describe('a trimmed plan is denied as a whole', () => {
  it('a destroy whose dependent only prior state shows, without prior state', async () => {
    const plan = story('aws-postgres-wrong-remove-named-by-value');
    const rest = listAt(plan, 'resource_changes').filter((r) => (r as TreeObject).address !== 'aws_ssm_parameter.reports_db_url');
    put(plan, 'resource_changes', rest);
    expect(rest.length).toBeGreaterThan(0);
    expect(await verdict(plan, 'agent:db-upgrader')).toEqual({ verdict: 'deny', because: [] });
    delete plan.prior_state;
    expect(await verdict(plan, 'agent:db-upgrader')).toEqual({ verdict: 'deny', because: ['trimmed'] });
  });

  it('a provisioner, without the configuration that it stands in', async () => {
    const plan = story('aws-provisioner');
    delete plan.configuration;
    const told = await verdict(plan, 'dana');
    expect(told.verdict).toBe('deny');
    expect(told.because).toContain('trimmed');
  });

  it('but a plan that only creates has no prior state', async () => {
    const plan = story('aws-sentence-1-dev-create');
    delete plan.prior_state;
    expect((await verdict(plan, 'dana')).because).not.toContain('trimmed');
  });
});

describe('an unknown value is what it may be', () => {
  const attributes = [environment, service];
  const catalog = {
    acme_db: {
      class: 'database',
      identity: ['name'],
      protects: [{ attribute: 'keep', safe: ['PREVENT', 'DELETE'], forgets: 'ABANDON' }],
    },
  };
  const tags = (value: string) => ({ environment: value, service: 'orders' });
  const recreated = (configured: boolean) =>
    rowsOf({
      attributes,
      catalog,
      rows: [
        row({ name: 'old', actions: ['delete'], before: { name: 'main', tags: tags('production') } }),
        row({ name: 'new', actions: ['create'], after: { tags: tags('development') }, afterUnknown: { name: true } }),
      ],
      plan: {
        configuration: {
          root_module: {
            resources: [
              {
                address: 'acme_db.new',
                mode: 'managed',
                type: 'acme_db',
                name: 'new',
                expressions: configured ? { name: { references: ['x.y'] } } : {},
              },
            ],
          },
        },
      },
    }).find(({ change }) => change.name === 'new')?.operations;

  it('a name that somebody wrote may be that of the object destroyed in the same plan', () => {
    expect(recreated(true)).toEqual(['create', 'reclassify']);
  });

  it('a name that the provider makes up is a new one', () => {
    expect(recreated(false)).toEqual(['create']);
  });

  it('a deletion policy may come to abandon the object, or to delete it', () => {
    const [changed] = rowsOf({
      attributes,
      catalog,
      rows: [
        row({
          before: { name: 'main', keep: 'PREVENT', tags: tags('production') },
          after: { name: 'main', tags: tags('production') },
          afterUnknown: { keep: true },
        }),
      ],
    });
    expect(changed?.operations).toEqual(['forget', 'destroy', 'update']);
  });
});

describe('references', () => {
  const configuration = (root_module: unknown) =>
    parsePlan(
      Buffer.from(
        JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, configuration: { root_module } }),
      ),
      'plan.json',
    ).configuration.blocks;
  const block = (name: string, more: Record<string, unknown> = {}) => ({
    address: `acme_db.${name}`,
    mode: 'managed',
    type: 'acme_db',
    name,
    ...more,
  });

  it('`each` of two module calls leads to what each of them repeats over', () => {
    const call = (over: string) => ({
      source: './m',
      for_each_expression: { references: [over] },
      expressions: { in: { references: ['each.value'] } },
      module: { variables: { in: {} }, outputs: { out: { expression: { references: ['var.in'] } } } },
    });
    const blocks = configuration({
      resources: [
        block('one'),
        block('two'),
        block('user', { expressions: { x: { references: ['module.p.out', 'module.p', 'module.q.out', 'module.q'] } } }),
      ],
      module_calls: { p: call('acme_db.one'), q: call('acme_db.two') },
    });
    expect([...(blocks.get('acme_db.user')?.refersTo ?? [])].sort()).toEqual(['acme_db.one', 'acme_db.two']);
  });

  it('a block whose address is no text is read all the same', () => {
    const blocks = configuration({
      resources: [
        block('one'),
        block('user', {
          address: { a: 1 },
          expressions: { x: { references: ['each.value'] } },
          for_each_expression: { references: ['acme_db.one'] },
        }),
      ],
    });
    expect([...(blocks.get('acme_db.user')?.refersTo ?? [])]).toEqual(['acme_db.one']);
  });
});
