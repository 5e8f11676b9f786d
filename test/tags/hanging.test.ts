import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aws } from '../../providers/aws/provider.ts';
import { google } from '../../providers/gcp/provider.ts';
import type { CatalogRow, Provider } from '../../providers/provider.ts';
import { classifyPlan } from '../../src/classify/classify.ts';
import type { KnownChange } from '../../src/classify/model.ts';
import { Mentions } from '../../src/plan/mentions.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { UNKNOWN } from '../../src/plan/value.ts';
import { mentions } from '../../src/plan/words.ts';
import { companionFindings } from '../../src/tags/companions.ts';
import { Hanging } from '../../src/tags/hanging.ts';
import { blocksNamedBy, tagText } from '../../src/tags/links.ts';
import { environment } from './judged.ts';

const NAMES = ['ledger', 'books', 'a', 'arn:aws:s3:::ledger', 'arn:aws:s3:::books', '-'];
const name = fc.constantFrom(...NAMES);
const note = fc.oneof(
  name,
  name.map((text) => JSON.stringify({ Resource: [`${text}/*`] })),
  fc.constant(`${NAMES.join(' ')}`),
);
/** The types of a cloud: their entries, what objects hold, and the first of them, which others name. */
interface Cloud {
  readonly provider: Provider;
  readonly source: string;
  readonly catalog: Readonly<Record<string, CatalogRow>>;
  readonly values: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>>;
  readonly named: string;
}

const AWS: Cloud = {
  provider: aws,
  source: 'registry.terraform.io/hashicorp/aws',
  catalog: {
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
  },
  values: {
    aws_s3_bucket: fc.record({ id: name, bucket: name, arn: name }),
    aws_s3_bucket_policy: fc.record({ bucket: name, policy: note }),
    aws_ec2_tag: fc.record({ resource_id: name, key: fc.constantFrom('environment', 'team'), value: name }),
    aws_sqs_queue: fc.record({ name, bucket: name, targets: fc.array(name, { maxLength: 2 }), note }),
  },
  named: 'aws_s3_bucket',
};

const link = fc.constantFrom(
  'ledger',
  ...['ledger', 'books', 'a/ledger', '7'].map((end) => `//sqladmin.googleapis.com/projects/1/instances/${end}`),
  '//compute.googleapis.com/projects/1/instances/ledger',
  'projects/p/instances/ledger',
);

/** Others name an object by a full name that does not hold its project, or that holds its number alone. */
const GOOGLE: Cloud = {
  provider: google,
  source: 'registry.terraform.io/hashicorp/google',
  catalog: {
    google_sql_database_instance: { class: 'database', identity: ['name'], companions: ['google_sql_user'] },
    google_sql_user: { class: 'database-user', refers: [{ attribute: 'instance', type: 'google_sql_database_instance' }] },
    google_tags_tag_binding: { class: 'tagging', tagging: { object: 'parent', value: 'tag_value' } },
  },
  values: {
    google_sql_database_instance: fc.record({
      id: fc.constantFrom('projects/p/instances/ledger', 'books'),
      name: fc.constantFrom('ledger', 'books', 'a'),
      instance_id: fc.constantFrom('7', '8'),
    }),
    google_sql_user: fc.record({ name, instance: link }),
    google_tags_tag_binding: fc.record({ parent: link, tag_value: name }),
  },
  named: 'google_sql_database_instance',
};

const ACTIONS = [['no-op'], ['update'], ['delete'], ['create'], ['delete', 'create'], ['delete', 'create'], ['forget']];

/** A row, the block that declares it, and what that block refers to. */
const rowOf = ({ values, named }: Cloud) =>
  fc.constantFrom(...Object.keys(values)).chain((type) =>
    fc.record({
      type: fc.constant(type),
      label: fc.constantFrom('one', 'two', 'many'),
      actions: fc.constantFrom(...ACTIONS),
      before: values[type] as fc.Arbitrary<Record<string, unknown>>,
      after: values[type] as fc.Arbitrary<Record<string, unknown>>,
      secret: fc.boolean(),
      unit: fc.constantFrom('a', 'b'),
      refers: fc.constantFrom(null, `${named}.one`, `${named}.many`),
    }),
  );
type Row = ReturnType<typeof rowOf> extends fc.Arbitrary<infer R> ? R : never;

/** Where every row stands in one module that is there once or twice. */
function planOf({ source }: Cloud, rows: readonly Row[], units: boolean) {
  const seen = new Set<string>();
  const resource_changes = rows.map(({ type, label, actions, before, after, secret, unit }, at) => {
    const many = label === 'many';
    const change = {
      actions,
      before: actions.includes('create') && actions.length === 1 ? null : before,
      after: actions.includes('create') ? after : actions.includes('no-op') ? before : actions.includes('update') ? after : null,
      after_unknown: {},
      before_sensitive: secret ? { policy: true, note: true } : {},
    };
    const module_address = units ? `module.unit["${unit}"]` : 'module.unit';
    const address = `${module_address}.${type}.${label}`;
    const place = many ? { address: `${address}[${at}]`, index: at } : { address };
    return { ...place, module_address, mode: 'managed', type, name: label, provider_name: source, change };
  });
  const shown = resource_changes.filter(({ address }) => !seen.has(address) && seen.add(address));
  const blocks = new Map(rows.map((one) => [`${one.type}.${one.label}`, one]));
  const resources = [...blocks].map(([address, { type, label, refers }]) => ({
    address,
    mode: 'managed',
    type,
    name: label,
    provider_config_key: 'cloud',
    expressions: refers === null ? {} : { bucket: { references: [`${refers}.id`, refers] } },
    ...(label === 'many' ? { count_expression: { constant_value: 9 } } : {}),
  }));
  const unit = {
    source: './unit',
    module: { resources },
    ...(units ? { for_each_expression: { references: ['local.units'] } } : {}),
  };
  const root_module = { module_calls: { unit } };
  const configuration = { provider_config: { cloud: { name: 'cloud', full_name: source } }, root_module };
  const plan = { format_version: '1.2', terraform_version: '1.11.4', planned_values: {}, resource_changes: shown, configuration };
  return parsePlan(new TextEncoder().encode(JSON.stringify(plan)), 'plan.json');
}

/** Whether what is made names the object that `row` makes by a value that is known. */
function isNamedAfter(
  { change: { after, type }, row: entry }: KnownChange,
  { change, provider, row: own }: KnownChange,
): boolean {
  const object = change.after;
  if (after === null || after === UNKNOWN || object === null || object === UNKNOWN) return false;
  const names = ['id', 'arn', 'name', ...(own?.identity ?? [])].map((attribute) => object[attribute]);
  const links = (entry?.refers ?? []).filter((one) => one.type === change.type).map((one) => one.attribute);
  const paths = [
    ...links,
    ...(entry?.tagging ? [entry.tagging.object] : []),
    ...(own?.companions?.includes(type) ? (own.identity ?? []) : []),
  ];
  return paths
    .flatMap((path) => after[path.replace('.*', '')] ?? [])
    .some(
      (text) =>
        text !== '' &&
        typeof text === 'string' &&
        (names.includes(text) || provider.fullNames?.isNamedBy(text, change.type, object)),
    );
}

describe('what hangs on an object', () => {
  it.each([
    ['AWS', AWS],
    ['Google Cloud', GOOGLE],
  ] as const)(
    'is what a look at every row finds: %s',
    (_, cloud) => {
      let found = 0;
      let remade = 0;
      let apart = 0;
      fc.assert(
        fc.property(fc.array(rowOf(cloud), { minLength: 4, maxLength: 16 }), fc.boolean(), (specs, units) => {
          const plan = planOf(cloud, specs, units);
          const catalog = { managed: new Map(Object.entries(cloud.catalog)), data: new Map(), actions: new Map() };
          const classified = classifyPlan(plan, {
            attributes: new Map([[environment.name, environment]]),
            classes: new Map(),
            builtin: new Map(),
            knowledge: () => ({ provider: cloud.provider, catalog }),
            options: { workspace: null, stack: null, accounts: new Map() },
          });
          const changes = [...plan.rows()];
          const all = changes.map((change): KnownChange => ({ change, ...classified.knowledge(change) }));
          const known = (change: KnownChange['change']) => all[change.index] as KnownChange;
          const refers = (change: KnownChange['change'], object: KnownChange['change']) => {
            if (!change.block || !object.block || !blocksNamedBy(change.block).has(object.block.address)) return false;
            // An instance of a module means its own objects, or, where it has none, perhaps those of the other one.
            const own = (one: KnownChange['change']) => one.block === object.block && one.moduleAddress === change.moduleAddress;
            if (!changes.some(own) || own(object)) return true;
            apart += 1;
            return false;
          };
          const everyRow = {
            on: () => all,
            mentions: (change: KnownChange['change'], text: string) => change.before !== null && mentions(change.before, text),
            refers,
            isRemade: (other: KnownChange, row: KnownChange) =>
              all.some(
                (one) =>
                  one.change.type === other.change.type &&
                  one.change.actions.includes('create') &&
                  tagText(one, 'after') === tagText(other, 'before') &&
                  (refers(one.change, row.change) || isNamedAfter(one, row)) &&
                  ++remade > 0,
              ),
          } as unknown as Hanging;
          // Once with names that are likely to be asked for, as the gate has them, and once without.
          const likely = new Hanging(changes, known, classified.mentions);
          const alone = new Hanging(changes, known, new Mentions(changes));
          for (const ended of all.filter(({ change }) => change.before !== null && change.actions.includes('delete'))) {
            for (const made of all.filter(
              ({ change }) => change.type === ended.change.type && change.actions.includes('create'),
            )) {
              const wanted = companionFindings(made, ended, everyRow, [environment]);
              expect(companionFindings(made, ended, likely, [environment])).toEqual(wanted);
              expect(companionFindings(made, ended, alone, [environment])).toEqual(wanted);
              found += wanted.length;
            }
          }
        }),
        { numRuns: 600 },
      );
      expect(found).toBeGreaterThan(80);
      expect(remade).toBeGreaterThan(10);
      expect(apart).toBeGreaterThan(5);
    },
    30_000,
  );
});
