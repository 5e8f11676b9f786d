import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aws } from '../../providers/aws/provider.ts';
import type { CatalogRow } from '../../providers/provider.ts';
import { classifyPlan } from '../../src/classify/classify.ts';
import type { KnownChange } from '../../src/classify/model.ts';
import { Mentions } from '../../src/plan/mentions.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { mentions } from '../../src/plan/words.ts';
import { companionFindings } from '../../src/tags/companions.ts';
import { Hanging } from '../../src/tags/hanging.ts';
import { tagText } from '../../src/tags/links.ts';
import { environment } from './judged.ts';

const CATALOG: Readonly<Record<string, CatalogRow>> = {
  aws_s3_bucket: { class: 'object-storage', identity: ['bucket'], companions: ['aws_s3_bucket_policy'] },
  aws_s3_bucket_policy: {
    class: 'permission',
    parent: 'bucket',
    refers: [{ attribute: 'bucket', type: 'aws_s3_bucket' }],
  },
  aws_ec2_tag: { class: 'tagging', tagging: { object: 'resource_id', key: 'key', value: 'value' } },
  aws_sqs_queue: {
    class: 'queue',
    identity: ['name'],
    refers: ['targets.*', 'bucket'].map((attribute) => ({ attribute, type: 'aws_s3_bucket' })),
  },
};

const NAMES = ['ledger', 'books', 'a', 'arn:aws:s3:::ledger', 'arn:aws:s3:::books', '-'];
const name = fc.constantFrom(...NAMES);
const note = fc.oneof(
  name,
  name.map((text) => JSON.stringify({ Resource: [`${text}/*`] })),
  fc.constant(`${NAMES.join(' ')}`),
);
const VALUES: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  aws_s3_bucket: fc.record({ id: name, bucket: name, arn: name }),
  aws_s3_bucket_policy: fc.record({ bucket: name, policy: note }),
  aws_ec2_tag: fc.record({ resource_id: name, key: fc.constantFrom('environment', 'team'), value: name }),
  aws_sqs_queue: fc.record({ name, bucket: name, targets: fc.array(name, { maxLength: 2 }), note }),
};
const ACTIONS = [['no-op'], ['update'], ['delete'], ['create'], ['delete', 'create'], ['delete', 'create'], ['forget']];

/** A row, the block that declares it, and what that block refers to. */
const row = fc.constantFrom(...Object.keys(VALUES)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    label: fc.constantFrom('one', 'two', 'many'),
    actions: fc.constantFrom(...ACTIONS),
    before: VALUES[type] as fc.Arbitrary<Record<string, unknown>>,
    after: VALUES[type] as fc.Arbitrary<Record<string, unknown>>,
    secret: fc.boolean(),
    refers: fc.constantFrom(null, 'aws_s3_bucket.one', 'aws_s3_bucket.many'),
  }),
);
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

function planOf(rows: readonly Row[]) {
  const seen = new Set<string>();
  const resource_changes = rows.map(({ type, label, actions, before, after, secret }, at) => {
    const many = label === 'many';
    const change = {
      actions,
      before: actions.includes('create') && actions.length === 1 ? null : before,
      after: actions.includes('create') ? after : actions.includes('no-op') ? before : actions.includes('update') ? after : null,
      after_unknown: {},
      before_sensitive: secret ? { policy: true, note: true } : {},
    };
    const address = `${type}.${label}`;
    const place = many ? { address: `${address}[${at}]`, index: at } : { address };
    return { ...place, mode: 'managed', type, name: label, provider_name: 'registry.terraform.io/hashicorp/aws', change };
  });
  const shown = resource_changes.filter(({ address }) => !seen.has(address) && seen.add(address));
  const blocks = new Map(rows.map((one) => [`${one.type}.${one.label}`, one]));
  const resources = [...blocks].map(([address, { type, label, refers }]) => ({
    address,
    mode: 'managed',
    type,
    name: label,
    provider_config_key: 'aws',
    expressions: refers === null ? {} : { bucket: { references: [`${refers}.id`, refers] } },
    ...(label === 'many' ? { count_expression: { constant_value: 9 } } : {}),
  }));
  const configuration = { provider_config: { aws: { name: 'aws' } }, root_module: { resources } };
  const plan = { format_version: '1.2', terraform_version: '1.11.4', planned_values: {}, resource_changes: shown, configuration };
  return parsePlan(new TextEncoder().encode(JSON.stringify(plan)), 'plan.json');
}

describe('what hangs on an object', () => {
  it('is what a look at every row finds', () => {
    let found = 0;
    let remade = 0;
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), (specs) => {
        const plan = planOf(specs);
        const catalog = { managed: new Map(Object.entries(CATALOG)), data: new Map(), actions: new Map() };
        const classified = classifyPlan(plan, {
          attributes: new Map([[environment.name, environment]]),
          classes: new Map(),
          builtin: new Map(),
          knowledge: () => ({ provider: aws, catalog }),
          options: { workspace: null, stack: null, accounts: new Map() },
        });
        const changes = [...plan.rows()];
        const all = changes.map((change): KnownChange => ({ change, ...classified.knowledge(change) }));
        const known = (change: KnownChange['change']) => all[change.index] as KnownChange;
        const everyRow = {
          on: () => all,
          mentions: (change: KnownChange['change'], text: string) => change.before !== null && mentions(change.before, text),
          made: (type: string, text: string | null) =>
            all.filter(
              (one) =>
                one.change.type === type &&
                one.change.actions.includes('create') &&
                tagText(one, 'after') === text &&
                ++remade > 0,
            ),
        } as unknown as Hanging;
        // Once with names that are likely to be asked for, as the gate has them, and once without.
        const likely = new Hanging(changes, known, classified.mentions);
        const alone = new Hanging(changes, known, new Mentions(changes));
        for (const ended of all.filter(({ change }) => change.before !== null && change.actions.includes('delete'))) {
          for (const made of all.filter(({ change }) => change.type === ended.change.type && change.actions.includes('create'))) {
            const wanted = companionFindings(made, ended, everyRow, [environment]);
            expect(companionFindings(made, ended, likely, [environment])).toEqual(wanted);
            expect(companionFindings(made, ended, alone, [environment])).toEqual(wanted);
            found += wanted.length;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(80);
    expect(remade).toBeGreaterThan(10);
  }, 30_000);
});
