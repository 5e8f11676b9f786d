import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { parsePlan, readPlan } from '../../src/plan/read.ts';

const PLAN = '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{}}}';
const ROW =
  '{"address":"null_resource.a","mode":"managed","type":"null_resource","name":"a","provider_name":"registry.terraform.io/hashicorp/null","change":{"actions":["no-op"],"before":{},"after":{},"after_unknown":{},"before_sensitive":{},"after_sensitive":{}}}';

async function failure(bytes: string | Uint8Array, path = 'plan.json'): Promise<InlaneError> {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  try {
    if (path === 'plan.json') parsePlan(data, path);
    else await readPlan('-', { stdin: () => data, env: {} });
  } catch (error) {
    if (error instanceof InlaneError) return error;
    throw error;
  }
  throw new Error('it was read as a plan');
}

describe('wrong files are named, with the command that makes the right one', () => {
  test.each<[name: string, text: string, message: RegExp, hint: RegExp]>([
    [
      'encrypted OpenTofu plan',
      '{"meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}',
      /encrypted/,
      /tofu show -json/,
    ],
    [
      'stream of plan -json',
      '{"@level":"info","@message":"Terraform 1.9.0","@module":"terraform.ui","terraform":"1.9.0","type":"version","ui":"1.2"}\n{"@level":"info","@message":"x","@module":"terraform.ui","type":"planned_change"}\n',
      /progress log/,
      /-out=tfplan/,
    ],
    [
      'one line of a stream',
      '{"@level":"info","@message":"OpenTofu 1.9.0","@module":"tofu.ui","type":"version"}',
      /progress log/,
      /show -json/,
    ],
    ['a cut stream', '{"@level":"info","@message":"Terr', /progress log/, /show -json/],
    [
      'stream of apply -json',
      '{"@level":"info","@message":"a: Creating...","@module":"terraform.ui","type":"apply_start"}\n{"@level":"info","@message":"b"}',
      /progress log/,
      /show -json/,
    ],
    [
      'state of show -json',
      '{"format_version":"1.0","terraform_version":"1.9.0","values":{"root_module":{}}}',
      /a state as JSON/,
      /show -json tfplan/,
    ],
    ['empty state', '{"format_version":"1.0"}', /an empty state/, /show -json tfplan/],
    [
      'empty state with checks',
      '{"format_version":"1.0","terraform_version":"1.9.0","checks":[]}',
      /an empty state/,
      /show -json tfplan/,
    ],
    [
      'raw state v4',
      '{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"x","outputs":{},"resources":[]}',
      /raw state \(version 4\)/,
      /show -json tfplan/,
    ],
    [
      'raw state v3',
      '{"version":3,"terraform_version":"0.11.0","serial":3,"lineage":"x","modules":[]}',
      /raw state \(version 3\)/,
      /show -json tfplan/,
    ],
    [
      'redacted plan',
      '{"plan_format_version":"1.1","provider_format_version":"1.0","provider_schemas":{},"resource_changes":[]}',
      /redacted/,
      /json-output/,
    ],
    ['bookmark', '{"remote_plan_format":1,"run_id":"run-abc","hostname":"app.terraform.io"}', /bookmark/, /terraform login/],
    ['provider schemas', '{"format_version":"1.0","provider_schemas":{}}', /provider schemas/, /show -json/],
    [
      'configuration alone',
      '{"format_version":"1.0","root_module":{"resources":[]},"provider_config":{}}',
      /configuration as JSON/,
      /show -json/,
    ],
    ['configuration alone, no version', '{"root_module":{},"provider_config":{}}', /configuration as JSON/, /show -json/],
    [
      'validate -json',
      '{"format_version":"1.0","valid":true,"error_count":0,"warning_count":0,"diagnostics":[]}',
      /validate/,
      /show -json/,
    ],
    ['output -json', '{"a":{"sensitive":false,"type":"string","value":"x"}}', /output -json/, /show -json/],
    ['functions', '{"format_version":"1.0","function_signatures":{}}', /metadata functions/, /show -json/],
    ['configuration in JSON', '{"resource":{"null_resource":{"a":{}}},"terraform":{}}', /configuration in JSON/, /show -json/],
    [
      'Infracost',
      `{"format_version":"1.0","planned_values":{},"resource_changes":[],"infracost_resource_changes":[]}`,
      /Infracost/,
      /show -json/,
    ],
    ['Sentinel mock as JSON', '{"format_version":"1.0","resource_changes":{"aws_x.y":{}}}', /Sentinel mock/, /show -json/],
    ['wrapped', `{"terraform":${PLAN}}`, /wrapped in something else, under `terraform`/, /jq/],
    ['wrapped deeper', `{"mock":{"n":1,"case":{"resource_changes":[]}}}`, /under `mock.case`/, /jq/],
    ['conftest --combine', `[{"path":"plan.json","contents":${PLAN}}]`, /conftest/, /contents/],
    ['a bare list of changes', `[${ROW}]`, /bare list of resource changes/, /show -json/],
    ['a list of plans', `[${PLAN}]`, /a list of plans/, /each/],
    ['any list', '[1,2]', /a JSON list/, /show -json/],
    ['tfvars JSON', '{"region":"eu-central-1","count":3}', /no plan \(a variables file/, /show -json/],
    ['empty object', '{}', /no plan/, /show -json/],
    ['empty', '', /empty/, /pipefail/],
    ['white space', ' \n\t\n', /empty/, /pipefail/],
    [
      'text of terraform',
      '\u001b[0m\u001b[1mTerraform will perform the following actions:\u001b[0m\n\n  # a\n',
      /as text for people/,
      /-json/,
    ],
    [
      'providers used',
      '\nTerraform used the selected providers to generate the following execution\nplan.',
      /as text for people/,
      /-json/,
    ],
    ['text of tofu', 'OpenTofu used the selected providers to generate the following', /as text for people/, /-json/],
    ['no changes', 'No changes. Your infrastructure matches the configuration.', /as text for people/, /-json/],
    ['refresh log', 'null_resource.a: Refreshing state... [id=1]\n', /log of a plan/, /-json/],
    ['error box', '╷\n│ Error: Failed to load "tfplan" as a plan file\n│ \n╵\n', /an error message/, /exit code/],
    [
      'apply log',
      'null_resource.a: Creating...\nnull_resource.a: Creation complete after 0s [id=1]\n\nApply complete! Resources: 1 added',
      /log of an apply/,
      /before it is applied/,
    ],
    [
      'HCL',
      '# main\nterraform {\n  required_version = ">= 1"\n}\n\nresource "null_resource" "a" {}\n',
      /configuration \(HCL\)/,
      /show -json/,
    ],
    ['graph', 'digraph G {\n  rankdir = "RL";\n}', /a graph/, /show -json/],
    ['tfvars', 'region = "eu-central-1"\ncount = 3\n', /variables file \(tfvars\)/, /show -json/],
    ['Sentinel mock', 'terraform_version = "1.9.0"\n\nresource_changes = {\n\t"aws_x.y": {}\n}\n', /Sentinel mock/, /show -json/],
    ['web page', '<!DOCTYPE html><html></html>', /web page/, /login/],
    [
      'noise before',
      `[command]/opt/terraform-bin show -json tfplan\n${PLAN}\n\n::debug::Terraform exited with code 0.`,
      /noise of the setup-terraform/,
      /terraform_wrapper: false/,
    ],
    ['noise behind', `${PLAN}\n::debug::stdout: {}\n`, /noise of the setup-terraform/, /terraform_wrapper: false/],
  ])('%s', async (_, text, message, hint) => {
    const error = await failure(text);
    expect(error.message).toMatch(message);
    expect(error.code).toBe('plan-wrong-file');
    expect(error.hint).toMatch(hint);
    expect(error.message).not.toContain('\n');
  });

  test('gzip, a zip that is no plan, a plan of 0.11, a saved plan on standard input', async () => {
    expect((await failure(gzipSync(PLAN), '-')).message).toMatch(/gzip/);
    expect((await failure(Buffer.from('PK\u0003\u0004 some archive'), '-')).message).toMatch(/zip archive, but no saved plan/);
    expect((await failure(Buffer.from('tfplan\u0002rest'), '-')).message).toMatch(/before 0.12/);
    const saved = await failure(Buffer.from('PK\u0003\u0004....tfplan....'), '-');
    expect(saved.code).toBe('plan-tool');
    expect(saved.hint).toContain('terraform show -json FILE > plan.json');
  });
});

describe('versions', () => {
  test.each(['0.1', '0.2', '1.0', '1.2', '1.99', '1'])('%s is read', (version) => {
    expect(parsePlan(Buffer.from(PLAN.replace('1.2', version)), 'p').formatVersion).toBe(version);
  });
  test.each(['2.0', '10.1', '', '1.x', 'v1.2', '01.2'])('%j is unsupported', async (version) => {
    expect((await failure(PLAN.replace('1.2', version))).code).toBe('plan-unsupported');
  });
  test.each([
    PLAN.replace('"1.2"', '1.2'),
    PLAN.replace('"1.2"', 'null'),
    PLAN.replace('"format_version":"1.2",', ''),
    '{"resource_changes":[]}',
  ])('%s is unsupported', async (text) => {
    expect((await failure(text)).code).toBe('plan-unsupported');
  });
});

describe('unreadable', () => {
  test.each<[string, RegExp]>([
    [`${PLAN}\n${PLAN}`, /several JSON documents/],
    [`${PLAN}}`, /line 1, column 89/],
    [PLAN.slice(0, -1), /ends/],
    [PLAN.replace('{}', '{]'), /cannot be read/],
    ['{"format_version":"1.2","planned_values":{},"format_version":"1.2"}', /twice/],
    ['{"format_version":"1.2","planned_values":{"a":1,"a":2}}', /twice/],
    ['{"format_version":"1.2","planned_values":{"a":01}}', /zero/],
    ['{"format_version":"1.2","planned_values":{},"something_new":[{"a":1,"a":2}]}', /twice/],
    ['{"format_version":"1.2","planned_values":{},"prior_state":{"values":{"a":1,"a":2}}}', /twice/],
    ['{"format_version":"1.2","resource_changes":7}', /`resource_changes` in `plan.json` is no list/],
    ['{"format_version":"1.2","planned_values":{},"action_invocations":{}}', /`action_invocations`/],
    ['{"format_version":"1.2","planned_values":{},"configuration":[]}', /`configuration`/],
    ['hello', /this is no JSON/],
  ])('%s', (text, message) => {
    const read = () => [...parsePlan(Buffer.from(text), 'plan.json').rows()];
    expect(read).toThrowError(message);
    try {
      read();
    } catch (error) {
      expect((error as InlaneError).code).toBe('plan-unreadable');
    }
  });

  test('a duplicate key in a late row is an error whenever rows are read', () => {
    const rows = [...Array(50).keys()].map((i) => ROW.replaceAll('.a"', `.a${i}"`));
    rows.push(ROW.replace('"name":"a"', '"name":"a","name":"b"'));
    const plan = parsePlan(Buffer.from(`{"format_version":"1.2","resource_changes":[${rows.join()}]}`), 'plan.json');
    expect(() => [...plan.rows()]).toThrowError(/twice/);
    expect(() => [...plan.rows()]).toThrowError(/twice/);
  });

  test('bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"format_version":"1.2","planned_values":{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}}'),
    ]);
    expect(() => parsePlan(bytes, 'p')).toThrowError(/not UTF-8/);
  });
});

describe('encodings', () => {
  const text = PLAN.replace('"root_module":{}', '"root_module":{"x":"ключ 🔑"}');
  const utf16 = Buffer.from(text, 'utf16le');
  test.each<[string, Buffer]>([
    ['UTF-8 BOM', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ['UTF-16LE BOM', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16BE BOM', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
  ])('%s is a plan', (_, bytes) => {
    expect(parsePlan(bytes, 'p').version).toBe('1.9.0');
  });
  test('half a character of UTF-16 is an error', () => {
    expect(() =>
      parsePlan(
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"a":"', 'utf16le'), Buffer.from([0, 0xd8, 0x22, 0])]),
        'p',
      ),
    ).toThrowError(/UTF-16/);
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inlane-read-'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'plan.json'), PLAN);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a directory and a missing file are io errors', async () => {
    await expect(readPlan(join(folder, 'sub'))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('directory'),
    });
    await expect(readPlan(join(folder, 'none'))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('does not exist'),
    });
  });
  test('the digest is that of the bytes', async () => {
    // printf %s "$PLAN" | sha256sum
    const { createHash } = await import('node:crypto');
    const plan = await readPlan(join(folder, 'plan.json'));
    expect(plan.sha256).toBe(createHash('sha256').update(PLAN).digest('hex'));
    expect(plan.path).toBe(join(folder, 'plan.json'));
    expect((await readPlan('-', { stdin: () => Buffer.from(PLAN) })).path).toBe('-');
  });
  test('hostile names are shown escaped', async () => {
    await expect(readPlan(join(folder, 'a\u001b[31m\n`x`'))).rejects.toMatchObject({
      message: expect.stringMatching(/a\\u\{1b\}\[31m\\u\{a\}'x'/),
    });
  });
});
