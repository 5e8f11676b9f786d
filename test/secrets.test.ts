import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aws } from '../providers/aws/provider.ts';
import { gate } from '../src/gate.ts';
import { FORMATS } from '../src/report/formats.ts';
import type { GateOptions } from '../src/report/options.ts';
import type { Report } from '../src/report/report.ts';
import { run } from './cli/io.ts';
import { root } from './stories.ts';

/** Each place has a value of its own, so that a failure says which one leaked. */
const planted: string[] = [];
function secret(place: string): string {
  const value = `PLANTED-SECRET-${place}`;
  planted.push(value);
  return value;
}

type Raw = Record<string, unknown>;

function row(type: string, name: string, change: Raw, more: Raw = {}): Raw {
  return {
    address: `${more.mode === 'data' ? 'data.' : ''}${type}.${name}`,
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    ...more,
    change: {
      actions: ['update'],
      before: {},
      after: {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...change,
    },
  };
}

/** One plan with a secret in every place that a plan has for one; what is not marked there is asked for by no rule. */
function planOfSecrets(): Raw {
  return {
    format_version: '1.2',
    terraform_version: '1.13.4',
    variables: {
      declared: { value: secret('variable-declared-sensitive') },
      undeclared: { value: secret('variable-undeclared') },
      temporary: { value: [secret('variable-ephemeral')] },
      plain: { value: secret('variable-that-no-rule-asks-for') },
    },
    planned_values: {
      outputs: { url: { sensitive: true, value: secret('planned-output') } },
      root_module: { resources: [{ address: 'aws_db_instance.main', values: { password: secret('planned-value') } }] },
    },
    resource_drift: [
      row('aws_db_instance', 'main', {
        before: { password: secret('drift-before'), tags: { environment: secret('drift-tag') } },
        after: { password: secret('drift-after') },
        before_sensitive: { password: true, tags: { environment: true } },
        after_sensitive: { password: true },
      }),
    ],
    resource_changes: [
      row('aws_db_instance', 'main', {
        before: {
          password: secret('before'),
          identifier: 'main',
          engine: 'SHOWN-BECAUSE-A-RULE-ASKS',
          tags: { environment: 'production', team: secret('sensitive-tag-before') },
          username: secret('unmarked-but-not-asked-for'),
        },
        before_sensitive: { password: true, tags: { team: true } },
        after: {
          password: secret('after'),
          identifier: 'main',
          engine: 'SHOWN-BECAUSE-A-RULE-ASKS',
          tags: { environment: secret('sensitive-tag-after'), team: 'orders' },
          username: secret('unmarked-but-not-asked-for-after'),
        },
        after_sensitive: { password: true, tags: { environment: true } },
        replace_paths: [['password']],
      }),
      row('aws_db_instance', 'replaced', {
        actions: ['delete', 'create'],
        before: {
          identifier: secret('identity-before'),
          password: secret('replaced-before'),
          tags: { [secret('map-key')]: 'x', environment: 'production' },
        },
        before_sensitive: { identifier: true, password: true, tags: true },
        after: {
          identifier: secret('identity-after'),
          tags: { [secret('map-key-after')]: secret('map-value'), environment: 'production' },
        },
        after_sensitive: { identifier: true, tags: true },
        replace_paths: [['identifier'], ['tags', secret('replace-path')]],
      }),
      row('aws_ssm_parameter', 'nested', {
        actions: ['create'],
        before: null,
        after: {
          name: 'nested',
          block: [{ inner: { deep: secret('nested') } }],
          set: [secret('set-member'), 'x'],
          list: ['x', secret('list-member')],
          misfit: [secret('mask-that-does-not-fit')],
        },
        after_sensitive: { block: [{ inner: { deep: true } }], set: true, list: [false, true], misfit: { x: true } },
      }),
      row('aws_sqs_queue', 'whole', {
        actions: ['delete'],
        before: { name: secret('whole-object'), policy: secret('whole-object-policy') },
        before_sensitive: true,
        after: null,
      }),
      row('aws_iam_role', 'odd', {
        before: { name: secret('mask-of-text') },
        before_sensitive: 'yes',
        after: [secret('side-of-list')],
      }),
      row('aws_secretsmanager_secret_version', 'wo', {
        actions: ['create'],
        before: null,
        after: { secret_string: secret('secret-string'), secret_string_wo: null, secret_string_wo_version: 1 },
        after_sensitive: { secret_string: true },
      }),
      row(
        'aws_secretsmanager_secret_version',
        'read',
        {
          actions: ['read'],
          before: null,
          after: { secret_string: secret('data-source') },
          after_sensitive: { secret_string: true },
        },
        { mode: 'data' },
      ),
      row(
        'terraform_data',
        'store',
        { before: { store: { output: secret('terraform-data-store') } } },
        { provider_name: 'terraform.io/builtin/terraform' },
      ),
      row('aws_s3_bucket', 'imported', {
        actions: ['no-op'],
        before: { bucket: 'b', secret: secret('imported') },
        after: { bucket: 'b', secret: secret('imported-after') },
        before_sensitive: { secret: true },
        after_sensitive: { secret: true },
        importing: { id: 'b', identity: { token: secret('import-identity') } },
        generated_config: `password = "${secret('generated-config')}"`,
        before_identity: { x: secret('identity-object') },
      }),
    ],
    deferred_changes: [
      {
        reason: 'provider_config_unknown',
        resource_change: row('aws_db_instance', 'later', {
          actions: ['create'],
          before: null,
          after: { password: secret('deferred') },
          after_sensitive: { password: true },
        }),
      },
    ],
    action_invocations: [
      {
        address: 'action.aws_lambda_invoke.call',
        type: 'aws_lambda_invoke',
        name: 'call',
        provider_name: 'registry.terraform.io/hashicorp/aws',
        config_values: { payload: secret('action-config'), nested: [{ x: secret('action-config-nested') }] },
        config_sensitive: {},
        config_unknown: {},
        invoke_action_trigger: {},
      },
    ],
    output_changes: {
      url: { actions: ['update'], before: secret('output-before'), after: secret('output-after'), after_unknown: false },
    },
    checks: [
      {
        address: { kind: 'check', to_display: 'check.health' },
        status: 'fail',
        instances: [{ problems: [{ message: secret('check-message') }] }],
      },
    ],
    prior_state: {
      format_version: '1.0',
      values: {
        outputs: { url: { sensitive: false, value: secret('prior-output') } },
        root_module: {
          resources: [
            priorObject('aws_db_instance', 'main', { password: secret('prior-state') }, { password: true }),
            priorObject(
              'aws_db_instance',
              'unseen',
              { password: secret('prior-unseen'), tags: { environment: 'production' } },
              { password: true },
            ),
            priorObject('aws_db_instance', 'odd', { password: secret('prior-odd-mask') }, ['x']),
            priorObject('aws_db_instance', 'maskless', { password: secret('prior-without-mask') }, undefined),
          ],
        },
      },
    },
    configuration: {
      provider_config: {
        aws: {
          name: 'aws',
          full_name: 'registry.terraform.io/hashicorp/aws',
          expressions: {
            access_key: { constant_value: secret('provider-access-key') },
            secret_key: { constant_value: secret('provider-secret-key') },
            region: { constant_value: `https://user:${secret('provider-region-credential')}@example.com` },
            assume_role: [{ external_id: { constant_value: secret('provider-external-id') } }],
            default_tags: [{ tags: { constant_value: { api_token: secret('provider-default-tag') } } }],
          },
        },
      },
      root_module: {
        variables: {
          declared: { sensitive: true },
          temporary: { ephemeral: true, default: secret('variable-default') },
          plain: {},
        },
        outputs: { url: { expression: { constant_value: secret('output-expression') } } },
        module_calls: { m: { source: './m', expressions: { password: { constant_value: secret('module-input') } }, module: {} } },
        resources: [
          {
            address: 'aws_db_instance.main',
            mode: 'managed',
            type: 'aws_db_instance',
            name: 'main',
            provider_config_key: 'aws',
            expressions: {
              password: { constant_value: secret('configuration-constant') },
              password_wo: { constant_value: secret('write-only') },
            },
            provisioners: [{ type: 'local-exec', expressions: { command: { constant_value: secret('provisioner-command') } } }],
          },
        ],
      },
    },
    relevant_attributes: [{ resource: 'aws_db_instance.main', attribute: [secret('relevant-attribute')] }],
  };
}

function priorObject(type: string, name: string, values: Raw, mask: unknown): Raw {
  return {
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    values,
    ...(mask === undefined ? {} : { sensitive_values: mask }),
  };
}

/** Rules that ask for every marked attribute: whatever a rule asks for may be shown, unless it is sensitive. */
const RULES = `
inlane: 1
level: org
attributes:
  environment:
    values: {production: [prod], development: []}
    from:
      - tag: environment
      - variable: {declared: {"*": production}, undeclared: {"*": production}, temporary: {"*": production}}
      - attr: {password: {"*": production}}
    tag: environment
    required: true
  team: {values: any, from: [{tag: team}], tag: team, required: true}
lanes:
  all:
    who: anyone
    may:
      - {do: update, attr.password: {not: x}, attr.engine: nothing}
      - {do: update, attr.password: {glob: "PLAN*"}}
      - {do: [create, destroy, update, read, invoke, import], "attr.block.*.inner.deep": y, tag.team: {not: z}}
      - {do: [create, destroy], attr.identifier: {glob: "*"}, attr.set: {exists: true}, attr.list.1: x, attr.secret_string: {glob: "*"}}
      - {do: [invoke], attr.payload: {glob: "*"}, attr.store.output: {glob: "*"}}
guards:
  - {id: same, deny: destroy, environment: production, unless: {successor: {same: [team]}}}
  - {id: who, deny: update, attr.password: {same_as: who.id}}
principals:
  people: {dana: {}}
  teams: {orders: [dana]}
`;

const folder = mkdtempSync(join(tmpdir(), 'inlane-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const PLAN = planOfSecrets();
const IN_PLAN = [...planted];
const TEXT = JSON.stringify(PLAN, null, 1);
const plan = write('plan.json', TEXT);
const lanes = write('inlane.yaml', RULES);
const OPTIONS = ['--lanes', lanes, '--as', 'dana', '--now', '2026-11-20T12:00:00Z'];

/** Runs the programme in this process with the real gate; both streams together. */
async function said(...argv: string[]): Promise<string> {
  const { stdout, stderr, exit } = await run(argv, { cwd: folder, env: { INLANE_DEBUG: '1' }, gate });
  expect(stdout.length + stderr.length, argv.join(' ')).toBeGreaterThan(0);
  return `${stdout}\n${stderr}\nexit ${exit}`;
}

/** Any spelling: as it stands, in another case, base64, hex, percent, or a piece of 12 characters. */
function leaks(output: string): string[] {
  const plain = output.toLowerCase();
  const found = planted.filter((value) => {
    const bytes = Buffer.from(value);
    return (
      [value.toLowerCase(), value.slice(-12).toLowerCase(), bytes.toString('hex')].some((text) => plain.includes(text)) ||
      output.includes(bytes.toString('base64').replace(/=+$/, ''))
    );
  });
  return plain.includes('planted-') ? [...found, 'PLANTED-'] : found;
}

describe('a planted secret', () => {
  it('stands in the plan that often, and no rule error hides it', async () => {
    expect(IN_PLAN.length).toBeGreaterThan(60);
    expect(IN_PLAN.filter((value) => !TEXT.includes(value))).toEqual([]);
    const { reports } = await gate({ plans: [plan], lanes: [lanes], cwd: folder, env: {}, as: 'dana' });
    const report = reports[0] as Report;
    expect(report.verdict).toBe('deny');
    expect(report.plan?.rows).toBe(11);
    // What a rule asks for and nothing marks is shown: the silence below is no blindness.
    expect(JSON.stringify(report)).toContain('SHOWN-BECAUSE-A-RULE-ASKS');
    expect(JSON.stringify(report)).toContain('attr.password');
  });

  it.each([...FORMATS.keys()])('is in no %s of gate', async (format) => {
    for (const more of [[], ['--no-changed-only'], ['--quiet'], ['--observe']]) {
      const output = await said('gate', plan, ...OPTIONS, '--format', format, ...more);
      expect(leaks(output)).toEqual([]);
    }
  });

  it.each([...FORMATS.keys()])('is in no %s of explain, row by row', async (format) => {
    const rows = [
      ...(PLAN.resource_changes as Raw[]).map((r) => String(r.address)),
      'aws_db_instance.later',
      'action.aws_lambda_invoke.call',
      'aws_db_instance.mian',
    ];
    for (const address of rows) expect(leaks(await said('explain', address, plan, ...OPTIONS, '--format', format))).toEqual([]);
  });

  it('is in no error about a plan that is cut', async () => {
    const ends = IN_PLAN.map((value) => TEXT.indexOf(value) + value.length);
    for (const end of ends.filter((_, i) => i % 6 === 0)) {
      const cut = write('cut.json', TEXT.slice(0, end));
      const output = await said('gate', cut, ...OPTIONS, '--format', 'json');
      expect(leaks(output)).toEqual([]);
      expect(output).toContain('plan-unreadable');
    }
  });

  const S = secret('in-a-file-that-is-no-plan');
  it.each<[string, string]>([
    [
      'duplicate key',
      `{"format_version":"1.2","planned_values":{},"variables":{"${S}":{"value":"${S}"},"${S}":{"value":"${S}"}}}`,
    ],
    ['duplicate key at the top', `{"format_version":"1.2","${S}":1,"${S}":2,"planned_values":{}}`],
    ['section of the wrong kind', `{"format_version":"1.2","planned_values":{},"resource_changes":"${S}"}`],
    ['unknown version', `{"format_version":"7","terraform_version":"${S}","planned_values":{}}`],
    ['bad escape', `{"format_version":"1.2","planned_values":{"x":"${S}\\q"}}`],
    ['bad word', `{"format_version":"1.2","planned_values":{"x":"${S}","y":${S}}}`],
    ['two documents', `{"format_version":"1.2","planned_values":{}} "${S}"`],
    [
      'state',
      `{"version":4,"serial":1,"lineage":"x","resources":[{"instances":[{"attributes":{"password":"${S}"}}]}],"outputs":{"x":{"value":"${S}"}}}`,
    ],
    ['state as JSON', `{"format_version":"1.0","terraform_version":"1.9.0","values":{"outputs":{"x":{"value":"${S}"}}}}`],
    ['outputs', `{"x":{"sensitive":true,"type":"string","value":"${S}"}}`],
    ['variables file', `password = "${S}"\n`],
    ['variables file in JSON', `{"password":"${S}"}`],
    ['a secret alone', S],
    ['a secret in quotes', `"${S}"`],
    ['plan as text', `Terraform will perform the following actions:\n  + password = "${S}"\n`],
    ['list', `["${S}"]`],
    ['raw bytes', `\u0000\u0001${S}`],
  ])('is in no error about another file: %s', async (_, content) => {
    const file = write('other.json', content);
    for (const format of ['text', 'json']) {
      const output = await said('gate', file, ...OPTIONS, '--format', format);
      expect(leaks(output)).toEqual([]);
      expect(output).toContain('exit 2');
    }
  });

  it('is in no trace of a crash', async () => {
    const crash = (): never => {
      const error = new Error(`${S}\n    at ${S} (file:///x/${S}.ts:1:1)`);
      error.name = S;
      throw Object.assign(error, { cause: S, values: { password: S } });
    };
    const crashed = (throws: () => never) => (options: GateOptions) => gate(options).then(throws);
    for (const format of ['text', 'json']) {
      const argv = ['gate', plan, ...OPTIONS, '--format', format];
      for (const throws of [
        crash,
        (): never => {
          throw S;
        },
      ]) {
        const { stdout, stderr, exit } = await run(argv, { cwd: folder, env: { INLANE_DEBUG: '1' }, gate: crashed(throws) });
        expect(exit).toBe(2);
        expect(leaks(stdout + stderr)).toEqual([]);
        expect(stdout + stderr).toContain('internal');
      }
    }
    for (const method of ['effectiveTags', 'regions', 'accounts'] as const) {
      const spy = vi.spyOn(aws, method).mockImplementation(crash);
      try {
        for (const format of ['text', 'json']) {
          const output = await said('gate', plan, ...OPTIONS, '--format', format);
          expect(leaks(output)).toEqual([]);
          expect(output).not.toContain('exit 0');
        }
        expect(spy.mock.calls.length, method).toBeGreaterThan(method === 'effectiveTags' ? 0 : -1);
      } finally {
        spy.mockRestore();
      }
    }
  });
});

describe('commands about rules', () => {
  const S = secret('beside-the-rules');
  const commands = [
    ['lanes', 'check', '--lanes', 'inlane.yaml'],
    ['lanes', 'diff', 'inlane.yaml', 'inlane.yaml'],
    ['lanes', 'show', '--lanes', 'inlane.yaml', '--as', 'dana'],
  ];

  it('show nothing of what a defect says', async () => {
    const crash = () => {
      const error = new Error(`${S}\n    at ${S} (file:///x/${S}.ts:1:1)`);
      error.name = S;
      throw Object.assign(error, { cause: S, values: { password: S } });
    };
    vi.doMock('../src/analyse.ts', () => ({ checkLanes: crash, diffLanes: crash, showLanes: crash }));
    try {
      for (const argv of commands) {
        for (const format of ['text', 'json']) {
          const { stdout, stderr, exit } = await run([...argv, '--format', format], { cwd: folder, env: { INLANE_DEBUG: '1' } });
          expect(exit).toBe(2);
          expect(leaks(stdout + stderr)).toEqual([]);
          expect(stderr).toContain('error[internal]: inlane failed (unknown error)');
        }
      }
    } finally {
      vi.doUnmock('../src/analyse.ts');
    }
  });

  it('read no plan, no environment and no file but the lane files', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: S, TF_VAR_password: S, GITHUB_ACTOR: S, INLANE_REPOSITORY: S };
    writeFileSync(join(folder, 'terraform.tfvars'), `password = "${S}"\n`);
    for (const argv of commands) {
      const { stdout, stderr } = await run([...argv, '--format', 'json'], { cwd: folder, env });
      expect(leaks(stdout + stderr)).toEqual([]);
      expect(stdout).toMatch(/^\{/);
    }
  });
});

describe('the built programme', () => {
  const programme = join(
    root,
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { inlane: string } }).bin.inlane,
  );
  beforeAll(() => {
    if (!existsSync(programme))
      execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types'], { stdio: 'ignore' });
  });

  it.each([...FORMATS.keys()])('shows no planted secret in %s, on either stream', (format) => {
    const argv = [programme, 'gate', plan, ...OPTIONS, '--format', format, '--no-changed-only'];
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, {
      cwd: folder,
      env: { INLANE_DEBUG: '1' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('aws_db_instance.main');
    expect(leaks(stdout + stderr)).toEqual([]);
  });

  it('shows none of a plan that is cut, given on standard input', () => {
    const cut = TEXT.slice(0, TEXT.indexOf('PLANTED-SECRET-nested') + 10);
    const argv = [programme, 'gate', '-', ...OPTIONS, '--format', 'json'];
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, {
      cwd: folder,
      env: { INLANE_DEBUG: '1' },
      input: cut,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'undecided' });
    expect(leaks(stdout + stderr)).toEqual([]);
  });
});
