// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gate } from '../../src/gate.ts';
import { parseHcl } from '../../src/hcl.ts';
import type { Report } from '../../src/report/report.ts';
import { shared } from '../stories.ts';

/**
 * A companion that a finding proposes: its patch is applied, its block is read by HashiCorp's parser and held against the rows that the real
 * provider planned for such blocks, and the plan that it would give is gated. Their providers are not on every machine, so that Terraform itself
 * cannot validate it.
 */
interface Case {
  readonly name: string;
  readonly provider: string;
  readonly lanes: string;
  readonly text: string;
  readonly object: {
    readonly type: string;
    readonly name: string;
    readonly after: Record<string, unknown>;
    readonly unknown?: object;
  };
  readonly companion: string;
  /** What the provider makes of each argument, by the text of the block. */
  readonly planned: Readonly<Record<string, unknown>>;
  /** Known only after apply, and what they refer to. */
  readonly later: Readonly<Record<string, readonly string[]>>;
}

const KEY = '123456789012/environment';
const lanes = (tag: string, kind: string) => `inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{workspace: {"*-dev": development}}], tag: ${tag}, required: {class: ${kind}}}
lanes:
  all: {who: anyone, may: [{do: create, environment: development}, {do: create, class: tagging}]}
`;

const CASES: readonly Case[] = [
  {
    name: 'a tag binding of Google Cloud',
    provider: 'hashicorp/google',
    lanes: lanes(`{google: "${KEY}"}`, 'object-storage'),
    text: 'resource "google_storage_bucket" "exports" {\n  name     = "acme-exports"\n  location = "EUROPE-WEST3"\n}\n',
    object: {
      type: 'google_storage_bucket',
      name: 'exports',
      after: { name: 'acme-exports', location: 'EUROPE-WEST3', labels: null, terraform_labels: {}, force_destroy: false },
      unknown: { id: true, effective_labels: true },
    },
    companion: 'google_tags_location_tag_binding',
    planned: {
      parent: '//storage.googleapis.com/projects/_/buckets/acme-exports',
      tag_value: `${KEY}/development`,
      location: 'europe-west3',
    },
    later: {},
  },
  {
    name: 'a tag association of Snowflake',
    provider: 'snowflakedb/snowflake',
    lanes: lanes('{snowflake: GOVERNANCE.TAGS.ENVIRONMENT}', 'database'),
    text: 'resource "snowflake_schema" "raw" {\n  name     = "RAW"\n  database = "ORDERS"\n}\n',
    object: {
      type: 'snowflake_schema',
      name: 'raw',
      after: { name: 'RAW', database: 'ORDERS' },
      unknown: { id: true, fully_qualified_name: true },
    },
    companion: 'snowflake_tag_association',
    planned: { object_type: 'SCHEMA', tag_id: '"GOVERNANCE"."TAGS"."ENVIRONMENT"', tag_value: 'development' },
    later: { object_identifiers: ['snowflake_schema.raw.fully_qualified_name', 'snowflake_schema.raw'] },
  },
];

const folder = mkdtempSync(join(tmpdir(), 'inlane-companion-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Planned {
  readonly type: string;
  readonly index?: string | number;
  readonly name: string;
  readonly after: Record<string, unknown>;
  readonly unknown: object;
  readonly expressions: Record<string, unknown>;
}

async function gated(own: Case, rows: readonly Planned[]): Promise<Report> {
  const provider_name = `registry.terraform.io/${own.provider}`;
  const plan = {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {},
    resource_changes: rows.map(({ type, name, index, after, unknown }) => ({
      address: `${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`,
      index,
      mode: 'managed',
      type,
      name,
      provider_name,
      change: { actions: ['create'], before: null, after, after_unknown: unknown, before_sensitive: false, after_sensitive: {} },
    })),
    configuration: {
      provider_config: { p: { name: 'p', full_name: provider_name } },
      root_module: {
        resources: rows.slice(0, distinct(rows)).map(({ type, name, index, expressions }) => ({
          address: `${type}.${name}`,
          ...(index === undefined ? {} : { [typeof index === 'string' ? 'for_each_expression' : 'count_expression']: {} }),
          mode: 'managed',
          type,
          name,
          provider_config_key: 'p',
          expressions,
        })),
      },
    },
  };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'inlane.yaml'), own.lanes);
  const { reports } = await gate({ plans: ['plan.json'], cwd: folder, lanes: ['inlane.yaml'], as: 'dana', workspace: 'x-dev' });
  return reports[0] as Report;
}

/** Rows in front of the first that has a block in common with another. */
function distinct(rows: readonly Planned[]): number {
  return new Set(rows.map(({ type, name }) => `${type}.${name}`)).size;
}

/** Attributes of a type in the rows that its real provider planned: those that a block may set, and all of them. */
function recordedNames(type: string): ReadonlySet<string> {
  const names = new Set<string>();
  const recorded = join(shared, 'recorded');
  for (const file of (readdirSync(recorded, { recursive: true }) as string[]).filter((name) => name.endsWith('plan.json'))) {
    const text = readFileSync(join(recorded, file), 'utf8');
    if (!text.includes(`"${type}"`)) continue;
    const { resource_changes: rows = [] } = JSON.parse(text) as {
      resource_changes?: { type: string; change: { after: object | null; after_unknown: object } }[];
    };
    for (const { type: own, change } of rows)
      if (own === type)
        for (const name of [...Object.keys(change.after ?? {}), ...Object.keys(change.after_unknown)]) names.add(name);
  }
  return names;
}

/** Attributes that only the provider sets (facts/computed.tsv). */
function computedNames(type: string): readonly string[] {
  const line = readFileSync(join(shared, 'facts/computed.tsv'), 'utf8')
    .split('\n')
    .find((one) => one.split('\t')[1] === type);
  return (line?.split('\t')[2] ?? '').split(',');
}

describe.each(CASES)('$name', (own) => {
  const { object, companion, planned, later } = own;
  const expressions = Object.fromEntries(
    [...own.text.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => [name, { constant_value: object.after[name as string] }]),
  );
  const row: Planned = { ...object, unknown: object.unknown ?? {}, expressions };
  let block: Record<string, unknown> = {};
  let name = '';

  it('is proposed where the object lacks the tag, and its patch applies', async () => {
    writeFileSync(join(folder, 'main.tf'), own.text);
    const report = await gated(own, [row]);
    expect(report.verdict).toBe('deny');
    expect(report.findings.map(({ code, address }) => [code, address])).toEqual([
      ['tag-missing', `${object.type}.${object.name}`],
    ]);
    const patch = report.findings[0]?.fix?.patch;
    execFileSync('git', ['apply', '-'], { cwd: folder, input: patch });
    const text = readFileSync(join(folder, 'main.tf'), 'utf8');
    expect(text.startsWith(own.text)).toBe(true);
    const parsed = await parseHcl(text);
    if (!parsed.ok) throw new Error(parsed.why);
    const { resource } = parsed.json as { resource: Record<string, Record<string, Record<string, unknown>[]>> };
    expect(Object.keys(resource).sort()).toEqual([object.type, companion].sort());
    const [[found, [only = {}, ...more]] = ['', []], ...others] = Object.entries(resource[companion] ?? {});
    expect([more, others]).toEqual([[], []]);
    [name, block] = [found, only];
  });

  it('says what the provider is to plan', () => {
    const values: Record<string, unknown> = { ...object.after };
    const said = (value: unknown): unknown =>
      typeof value !== 'string'
        ? value
        : value.replace(/\$\{(lower\()?(?:\w+\.){2}(\w+)\)?\}/g, (_, lower: string | undefined, attribute: string) => {
            const text = String(values[attribute]);
            return lower === undefined ? text : text.toLowerCase();
          });
    for (const [argument, value] of Object.entries(planned)) expect([argument, said(block[argument])]).toEqual([argument, value]);
    for (const [argument, [reference]] of Object.entries(later)) expect(block[argument]).toEqual([`\${${reference}}`]);
    expect(Object.keys(block).sort()).toEqual([...Object.keys(planned), ...Object.keys(later)].sort());
  });

  it.skipIf(!existsSync(join(shared, 'facts')))(
    'sets nothing that the provider does not know, or sets itself (needs the recordings)',
    () => {
      const known = recordedNames(companion);
      expect(known.size).toBeGreaterThan(4);
      const computed = computedNames(companion);
      for (const argument of Object.keys(block)) {
        expect(known).toContain(argument);
        expect(computed).not.toContain(argument);
      }
    },
  );

  it('in the plan, lets the object pass', async () => {
    const references = Object.fromEntries(Object.entries(later).map(([argument, names]) => [argument, { references: names }]));
    const constants = Object.fromEntries(
      Object.entries(block)
        .filter(([argument]) => !(argument in later))
        .map(([argument, value]) => {
          const inner = [...String(value).matchAll(/((?:\w+\.){2}\w+)\)?\}/g)].map(([, one]) => one as string);
          const names = inner.flatMap((one) => [one, one.replace(/\.\w+$/, '')]);
          return [argument, inner.length === 0 ? { constant_value: value } : { references: names }];
        }),
    );
    const report = await gated(own, [
      row,
      {
        type: companion,
        name,
        after: { ...planned },
        unknown: Object.fromEntries(['id', ...Object.keys(later)].map((argument) => [argument, true])),
        expressions: { ...constants, ...references },
      },
    ]);
    expect(report.findings).toEqual([]);
    expect([report.verdict, report.patch]).toEqual(['allow', undefined]);
  });

  it.each([
    ['for_each', ['a', 'b'], `for_each = ${object.type}.${object.name}`, 'each.value.'],
    ['count', [0, 1], `count = length(${object.type}.${object.name})`, `${object.type}.${object.name}[count.index].`],
  ] as const)('is made as often as its object: %s', async (how, keys, repeats, object_) => {
    writeFileSync(
      join(folder, 'main.tf'),
      own.text.replace('{\n', `{\n  ${how} = ${how === 'count' ? '2' : 'toset(["a", "b"])'}\n`),
    );
    const report = await gated(
      own,
      keys.map((index) => ({ ...row, index })),
    );
    expect(report.findings.length).toBe(2);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: report.patch });
    const text = readFileSync(join(folder, 'main.tf'), 'utf8');
    expect((await parseHcl(text)).ok).toBe(true);
    expect(text).toContain(repeats);
    expect(text).toContain(object_);
    expect(text.match(new RegExp(companion, 'g'))).toHaveLength(1);
  });
});
