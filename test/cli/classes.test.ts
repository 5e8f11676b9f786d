import { describe, expect, it } from 'vitest';
import { loadCases, loadClasses } from '../../providers/classes.ts';
import { loadCatalog, loadCatalogs } from '../../providers/index.ts';
import { run } from './io.ts';

async function told(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await run(['classes', ...argv]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return stdout;
}

// biome-ignore lint/suspicious/noExplicitAny: pages of three shapes, looked into by the tests
async function page(name?: string): Promise<any> {
  return JSON.parse(await told(...(name === undefined ? [] : [name]), '--format', 'json'));
}

describe('inlane classes', () => {
  it('lists every class under its group, with its meaning', async () => {
    const text = await told();
    for (const [name, { group, meaning }] of loadClasses()) {
      expect(text).toMatch(new RegExp(`^${group}$`, 'm'));
      expect(text.replace(/\s+/g, ' ')).toContain(` ${name} ${meaning.replace(/\s+/g, ' ')}`);
    }
    expect(text.indexOf('cross-cutting')).toBeGreaterThan(text.indexOf('support'));
    const { format, classes, order } = await page();
    expect(order.length).toBeGreaterThan(3);
    order.forEach((step: string, at: number) => {
      expect(text.replace(/\s+/g, ' ')).toContain(` ${at + 1}. ${step} `);
    });
    expect(format).toBe('inlane-classes/1');
    expect(classes.map((entry: { name: string }) => entry.name).sort()).toEqual([...loadClasses().keys()].sort());
  });

  it('keeps to 100 columns, without colour', async () => {
    for (const name of [
      undefined,
      'database',
      'exposure',
      'stateful',
      'access',
      'aws_instance',
      'google_sql_database_instance',
    ]) {
      const lines = (await told(...(name ? [name] : []))).split('\n');
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
      expect(lines.some((line) => line.includes('\u001b') || line.includes('\u0000'))).toBe(false);
    }
  });

  it('counts for no other provider what one file holds for several', async () => {
    const { types } = await page('helper');
    const providers = types.map((one: { provider: string }) => one.provider);
    expect(providers).toContain('builtin/terraform');
    expect(providers).toContain('hashicorp/random');
    expect(providers.filter((name: string) => name.split(', ').length > 2)).toEqual([]);
  });
});

describe('inlane classes CLASS', () => {
  it('names exactly the types that the catalogs put into it', async () => {
    const { class: entry, types, carries } = await page('queue');
    expect(entry).toMatchObject({ name: 'queue', group: 'messaging', cross: false, suggests: ['stateful'] });
    const wanted = loadCatalogs().flatMap(({ catalog }) =>
      [...catalog.managed].filter(([, row]) => row.class === 'queue').map(([type]) => type),
    );
    expect(types.flatMap((one: { managed: string[] }) => one.managed).sort()).toEqual(wanted.sort());
    expect(wanted).toContain('aws_sqs_queue');
    const stateful = carries.find((one: { name: string }) => one.name === 'stateful');
    expect(stateful.of).toBe(wanted.length);
    expect(await told('queue')).toContain(`stateful (${stateful.types} of ${wanted.length})`);
  });

  it('says of a cross-cutting class which attributes carry it where the type does not', async () => {
    const { by_attribute: byAttribute } = await page('exposure');
    expect(byAttribute).toContainEqual({
      provider: 'hashicorp/aws',
      type: 'aws_db_instance',
      attributes: ['publicly_accessible'],
    });
    const text = await told('exposure');
    expect(text).toMatch(/^ {2}aws_db_instance: publicly_accessible$/m);
    expect(text).toContain('hashicorp/google, hashicorp/google-beta: ');
  });

  it('shows the lines for its hard cases', async () => {
    const { classes } = await page();
    for (const { name, cases } of classes) expect(cases).toEqual(loadCases().get(name) ?? []);
    for (const name of ['access', 'job', 'stateful', 'support']) {
      const text = await told(name);
      const cases = loadCases().get(name) ?? [];
      expect(text.includes('  hard cases  ')).toBe(cases.length > 0);
      for (const line of cases) expect(text.replace(/\s+/g, ' ')).toContain(` - ${line} `);
    }
  });

  it('tells what a class suggests', async () => {
    expect(await told('permission')).toContain('access: what `is_a: permission` adds to it carries that too');
    expect(await told('helper')).not.toContain('suggests');
  });
});

describe('inlane classes TYPE', () => {
  it('says what it is and why', async () => {
    const text = await told('aws_db_instance');
    for (const line of [
      'aws_db_instance: managed resource of hashicorp/aws',
      "  decided              by hand, read against the type's documentation",
      '  exposure by          publicly_accessible, unless it is false',
      '                       skip_final_snapshot: false; unset means false',
      '                       backup_retention_period: at least 1; unset means 0',
      '  a delete             deletes it',
      '  known by             identifier, id',
      '                       aws_security_group, by vpc_security_group_ids.*',
      '  decided              by rule twin: it reads what the managed aws_db_instance is',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it.each([
    ['google_kms_key_ring', 'a delete             only forgets it: what it made stays'],
    ['aws_s3_bucket_versioning', 'guards               what `bucket` refers to'],
    ['google_storage_bucket', 'towards ABANDON is a forget'],
    ['google_storage_bucket', "keeps it where deletion_policy is ABANDON, or the provider's own argument of that name is"],
    ['google_sql_database_instance', 'carries tags in      settings.0.user_labels (map)'],
    ['aws_ec2_tag', 'tags                 what `resource_id` refers to, with `key` = `value`'],
    ['aws_vpc', 'recreated with it    aws_ec2_tag'],
    ['azurerm_subnet', 'stands in            what `virtual_network_name` refers to'],
    ['kubernetes_manifest', 'class inside         told by `manifest.kind`; unknown where that says nothing'],
    ['data.aws_db_instances', 'decided              by rule plural: it lists what aws_db_instance is'],
    ['google_storage_bucket_iam_member', 'decided              by rule google_storage_bucket_iam_*'],
    ['action.local_command', 'local_command: action of hashicorp/local'],
  ])('%s: %s', async (type, line) => {
    expect((await told(type)).replace(/\n +/g, ' ')).toContain(line);
  });

  it('prints the row that the gate uses', async () => {
    const { entries } = await page('aws_sqs_queue');
    const { by: _, ...row } = loadCatalog('hashicorp/aws')?.managed.get('aws_sqs_queue') ?? {};
    expect(entries[0]).toEqual({ mode: 'managed', providers: ['hashicorp/aws'], decided: 'hand', row });
  });

  it('tells every mode that has the name, or the one that is asked for', async () => {
    const modes = async (name: string) => (await page(name)).entries.map((entry: { mode: string }) => entry.mode);
    expect(await modes('local_command')).toEqual(['data', 'action']);
    expect(await modes('data.local_command')).toEqual(['data']);
    expect(await modes('data.aws_s3_bucket')).toEqual(['data']);
  });
});

describe('a name that is neither', () => {
  it.each([
    [['aws_db_instanc'], '`aws_db_instanc` is neither a class nor a type of any catalog; did you mean `aws_db_instance`'],
    [['databse'], '`databse` is neither a class nor a type of any catalog; did you mean `database`'],
    [['data.aws_sqs_queu'], 'did you mean `aws_sqs_queue`'],
    [[''], '`` is neither a class nor a type of any catalog; nearest known: '],
    [['constructor'], '`constructor` is neither a class nor a type of any catalog; nearest known: '],
    [['x\n::error::y'], '`x\\u{a}\\u003a:error::y` is neither a class'],
    [['database', '--format', 'jsn'], 'unknown format `jsn`; did you mean `json`? the formats are text, json'],
    [['database', '--format', 'markdown'], 'unknown format `markdown`; the formats are text, json'],
    [['database', 'cache'], 'too many arguments; `inlane classes --help` shows an example'],
    [['--as', 'dana'], 'unknown option `--as`; '],
  ])('%j', async (argv, message) => {
    const { exit, stdout, stderr } = await run(['classes', ...argv]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error\[usage\]: [^\n]*\n$/);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  });

  it('takes its format from the variable too', async () => {
    const { stdout } = await run(['classes', 'cache'], { env: { INLANE_FORMAT: 'json' } });
    expect(JSON.parse(stdout).class.name).toBe('cache');
  });
});
