import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogText } from '../../providers/catalog-file.ts';
import { KNOWN_SOURCES, loadCatalog, loadCatalogs, loadProvider } from '../../providers/index.ts';
import { ARM_TYPES, CLOUDFORMATION_TYPES, KUBERNETES_KINDS } from '../../providers/kinds.ts';
import type { CatalogRow } from '../../providers/provider.ts';
import { CLOUDS } from '../../scripts/catalog/clouds.ts';
import { readFacts } from '../../scripts/catalog/facts.ts';
import { planFiles, recordedTypes } from '../../scripts/catalog/recorded.ts';
import { parsePattern } from '../../src/logic/path.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHARED = process.env.INLANE_SHARED ?? join(ROOT, '../shared');
const FACTS = join(SHARED, 'facts');
const RECORDED = join(SHARED, 'recorded');
const CLASSES_PAGE = join(SHARED, 'design/classes.md');
const needsShared = process.env.INLANE_E2E === 'required';

interface ClassEntry {
  readonly group: string;
  readonly meaning: string;
  readonly cross: boolean;
  readonly suggests?: readonly string[];
}
const classes = JSON.parse(readFileSync(join(ROOT, 'providers/classes.json'), 'utf8')) as Record<string, ClassEntry>;
const cases = JSON.parse(readFileSync(join(ROOT, 'providers/class-cases.json'), 'utf8')) as Record<string, readonly string[]>;

type Section = 'managed' | 'data' | 'actions';
interface CatalogFile {
  readonly name: string;
  readonly text: string;
  readonly provider: readonly string[];
  readonly managed: Readonly<Record<string, CatalogRow>>;
  readonly data: Readonly<Record<string, CatalogRow>>;
  readonly actions: Readonly<Record<string, CatalogRow>>;
}
const SECTIONS: readonly Section[] = ['managed', 'data', 'actions'];
const files: CatalogFile[] = readdirSync(join(ROOT, 'providers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'providers', entry.name, 'catalog.json')))
  .map(({ name }) => {
    const text = readFileSync(join(ROOT, 'providers', name, 'catalog.json'), 'utf8');
    const { provider } = JSON.parse(text) as { provider: string[] };
    const table = (rows: ReadonlyMap<string, CatalogRow>) => Object.fromEntries(rows);
    const { managed, data, actions } = readCatalogText(text);
    return { name, text, provider, managed: table(managed), data: table(data), actions: table(actions) };
  });
const rows = files.flatMap((file) =>
  SECTIONS.flatMap((section) => Object.entries(file[section]).map(([type, row]) => ({ file: file.name, section, type, row }))),
);
const managed = rows.filter(({ section }) => section === 'managed');
const where = (entry: (typeof rows)[number]) => `${entry.file} ${entry.section} ${entry.type}`;
const offenders = (wrong: (entry: (typeof rows)[number]) => boolean) => rows.filter(wrong).map(where);

/** Patterns of the reviewed lines that decide a family of types. */
function rulesOf(name: string): string[] {
  const lines = readFileSync(join(ROOT, 'scripts/catalog/decisions', `${name}.tsv`), 'utf8').split('\n');
  return lines.map((line) => line.split('\t')[0] ?? '').filter((type) => type.includes('*'));
}

/** Attribute paths that a row names, with the key that names them. */
function namedPaths(row: CatalogRow): { key: string; path: string }[] {
  const paths = (key: string, list: readonly string[]) => list.map((path) => ({ key, path }));
  return [
    ...paths(
      'access_by',
      (row.access_by ?? []).map((t) => t.attribute),
    ),
    ...paths(
      'exposure_by',
      (row.exposure_by ?? []).map((t) => t.attribute),
    ),
    ...paths(
      'refers',
      (row.refers ?? []).map((r) => r.attribute),
    ),
    ...paths(
      'protects',
      (row.protects ?? []).map((p) => p.attribute),
    ),
    ...paths(
      'abandon',
      (row.abandon ?? []).map((a) => a.attribute),
    ),
    ...paths(
      'carriers',
      (row.carriers ?? []).map((c) => c.path),
    ),
    ...paths('identity', row.identity ?? []),
    ...paths('tagging', Object.values(row.tagging ?? {})),
    ...paths('place', Object.values(row.place ?? {})),
    ...paths(
      'single',
      [row.parent, row.guards, row.wraps].filter((path) => path !== undefined),
    ),
  ];
}

describe('classes.json', () => {
  it.skipIf(!existsSync(CLASSES_PAGE) && !needsShared)('holds the names of classes.md and no others', () => {
    const page = readFileSync(CLASSES_PAGE, 'utf8').split('\n');
    const cells = page.filter((line) => line.startsWith('| ')).map((line) => line.split('|').map((cell) => cell.trim()));
    const names = new Map<string, string>();
    for (const [, first = '', second = ''] of cells) {
      const cross = /^`([a-z-]+)`$/.exec(first)?.[1];
      if (cross) names.set(cross, 'cross-cutting');
      // A name stands at the start of the cell or after the dot that parts two entries; what parentheses quote is an example.
      else
        for (const entry of second.split(' · ')) {
          const name = /^`([a-z-]+)`/.exec(entry)?.[1];
          if (name) names.set(name, first);
        }
    }
    expect(names.size).toBe(60);
    expect(Object.entries(classes).map(([name, entry]) => [name, entry.group])).toEqual(
      [...names].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

  it('gives each class one line of meaning, and marks the cross-cutting ones', () => {
    for (const entry of Object.values(classes)) {
      expect(entry.meaning).toMatch(/^[^\n]{10,120}$/);
      expect(entry.cross).toBe(entry.group === 'cross-cutting');
    }
    expect(Object.keys(classes)).toEqual(Object.keys(classes).sort());
  });

  it('has lines for hard cases that name no type', () => {
    const lines = Object.entries(cases).flatMap(([name, own]) => own.map((line) => [name, line] as const));
    expect(Object.keys(classes)).toEqual(expect.arrayContaining(Object.keys(cases)));
    expect(lines.length).toBeGreaterThan(50);
    for (const [name, line] of lines) {
      expect([name, line]).toEqual([name, expect.stringMatching(/^[^\n]{10,300}$/)]);
      // General: a line that names types would be the catalog over again.
      expect([name, line]).toEqual([name, expect.not.stringMatching(/(aws|azurerm|google|kubernetes|snowflake)_/)]);
    }
    expect(new Set(lines.map(([, line]) => line)).size).toBe(lines.length);
  });

  it.each(['stateful', 'access'])('says which classes never carry %s, as the catalogs have it', (flag) => {
    const lines = cases[flag] ?? [];
    const named = lines.flatMap((line) => /\b1\. never: ([a-z, -]+)$/.exec(line)?.[1]?.split(', ') ?? []);
    const carried = new Set(
      loadCatalogs().flatMap(({ catalog }) =>
        [...catalog.managed.values()].filter((row) => row.also?.includes(flag)).map((row) => row.class),
      ),
    );
    const never = Object.entries(classes).filter(([name, { cross }]) => !cross && !carried.has(name));
    expect(named).toEqual(never.map(([name]) => name));
  });

  it('suggests cross-cutting classes to members that users add', () => {
    for (const { suggests } of Object.values(classes)) for (const name of suggests ?? []) expect(classes[name]?.cross).toBe(true);
    expect(classes.database?.suggests).toEqual(['stateful']);
    expect(classes.permission?.suggests).toEqual(['access']);
    expect(classes.firewall?.suggests).toEqual(['exposure']);
    expect(classes['encryption-key']?.suggests).toEqual(['foundation', 'stateful']);
    expect(classes['database-config']?.suggests).toBeUndefined();
  });
});

describe('catalog files', () => {
  it('are found, with a plausible number of types', () => {
    expect(files.map(({ name }) => name)).toEqual(['aws', 'azure', 'gcp', 'generic', 'kubernetes', 'others', 'snowflake']);
    expect(managed.length).toBeGreaterThan(1500);
  });

  it('are ASCII, since they are read as one byte a character', () => {
    expect(files.filter(({ text }) => /[^\n -~]/.test(text)).map(({ name }) => name)).toEqual([]);
  });

  it('are sorted, as the search in them needs', () => {
    for (const file of files) {
      expect(file.provider).toEqual([...file.provider].sort());
      for (const section of SECTIONS) expect(Object.keys(file[section])).toEqual(Object.keys(file[section]).sort());
    }
  });

  it('name no type twice, within a file or between files', () => {
    for (const file of files) {
      const rows = file.text.slice(file.text.indexOf('"managed"'));
      const keys = [...rows.matchAll(/^ {4}"([^"]+)": \{/gm)].map((match) => match[1]);
      const parsed = SECTIONS.flatMap((section) => Object.keys(file[section]));
      expect(keys).toEqual(parsed);
    }
    const seen = rows.map(({ section, type }) => `${section} ${type}`);
    expect(seen.filter((key, at) => seen.indexOf(key) !== at)).toEqual([]);
  });

  it('give one declared primary class, or none with a reason and what it wraps', () => {
    expect(offenders(({ row }) => row.class !== null && classes[row.class]?.cross !== false)).toEqual([]);
    // Without `wraps` such a row would count as known to be in no class at all.
    expect(offenders(({ row }) => row.class === null && (!row.reason || !row.wraps || row.also !== undefined))).toEqual([]);
  });

  it('keep cross-cutting classes in `also`, sorted, once', () => {
    expect(offenders(({ row }) => (row.also ?? []).some((name) => classes[name]?.cross !== true))).toEqual([]);
    expect(
      offenders(({ row }) => JSON.stringify(row.also ?? []) !== JSON.stringify([...new Set(row.also ?? [])].sort())),
    ).toEqual([]);
  });

  it('stay within the size that the package may have', () => {
    expect(files.reduce((bytes, { text }) => bytes + Buffer.byteLength(text), 0)).toBeLessThan(1_500_000);
  });

  it('say by which rule a class was decided, where it was not by hand', () => {
    const byType = new Map(rows.map((entry) => [`${entry.section} ${entry.type}`, entry.row]));
    const patterns = new Map(files.map(({ name }) => [name, new Set(rulesOf(name))]));
    const kinds = { twin: 0, plural: 0, pattern: 0 };
    for (const { file, section, type, row } of rows) {
      if (row.by === undefined) continue;
      const [word = '', read = type] = row.by.split(' ');
      if (word === 'twin' || word === 'plural') {
        kinds[word] += 1;
        const from = byType.get(`managed ${read}`) ?? byType.get(`data ${read}`);
        expect([section, type, row.class]).toEqual(['data', type, from?.class]);
      } else {
        kinds.pattern += 1;
        const [before = '', after = ''] = row.by.split('*');
        const name = section === 'data' ? `data.${type}` : type;
        const applies = patterns.get(file)?.has(row.by) && name.startsWith(before) && name.endsWith(after);
        expect([type, applies]).toEqual([type, true]);
      }
    }
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(15);
  });

  it('give data sources no cross-cutting class', () => {
    expect(offenders(({ section, row }) => section === 'data' && row.also !== undefined)).toEqual([]);
  });

  it('hold what classes.md says of every type of a class', () => {
    const every: [string, string][] = [
      ['firewall', 'exposure'],
      ['load-balancer', 'exposure'],
      ['api', 'exposure'],
      ['cdn', 'exposure'],
      ['dns', 'exposure'],
      ['identity', 'access'],
      ['permission', 'access'],
      ['database-user', 'access'],
      ['lock', 'protection'],
    ];
    for (const [name, cross] of every) {
      const members = managed.filter(({ row }) => row.class === name);
      expect(members.length, name).toBeGreaterThan(0);
      expect(members.filter(({ row }) => !row.also?.includes(cross)).map(where)).toEqual([]);
    }
    const never = [
      'revision',
      'permission',
      'database-user',
      'database-config',
      'firewall',
      'dns',
      'helper',
      'app-config',
      'log',
    ];
    const allowed = new Set(['aws_ssm_parameter', 'aws_verifiedpermissions_policy_store']);
    const storing = /^(app-config|log)$/;
    expect(
      managed
        .filter(({ type, row }) => row.also?.includes('stateful') && never.includes(row.class ?? '') && !allowed.has(type))
        .filter(({ row }) => !storing.test(row.class ?? ''))
        .map(where),
    ).toEqual([]);
  });

  it('say by what name others know a database that holds data', () => {
    const databases = managed.filter(({ row }) => row.class === 'database' && row.also?.includes('stateful'));
    expect(databases.length).toBeGreaterThan(50);
    expect(databases.filter(({ row }) => (row.identity ?? []).length === 0).map(where)).toEqual([
      // An item or entity of a table has no name of its own.
      'aws managed aws_dynamodb_table_item',
      'azure managed azurerm_storage_table_entity',
    ]);
  });

  it('refer to types that stand in a catalog', () => {
    const known = new Set(managed.map(({ type }) => type));
    expect(offenders(({ row }) => (row.refers ?? []).some(({ type }) => !known.has(type)))).toEqual([]);
    expect(offenders(({ row }) => (row.companions ?? []).some((type) => !known.has(type)))).toEqual([]);
    expect(offenders(({ row }) => row.guards !== undefined && !row.also?.includes('protection'))).toEqual([]);
    expect(offenders(({ row }) => row.tagging !== undefined && row.class !== 'tagging')).toEqual([]);
  });

  it('spell attribute paths as rules do', () => {
    for (const { row } of rows) for (const { path } of namedPaths(row)) expect(() => parsePattern(path)).not.toThrow();
  });

  it('give deprecated twins of Kubernetes the class of their successor', () => {
    const { managed: kinds } = loadCatalog('hashicorp/kubernetes') ?? { managed: new Map<string, CatalogRow>() };
    const twins = [...kinds.keys()].filter((type) => kinds.has(`${type}_v1`));
    expect(twins.length).toBeGreaterThan(25);
    for (const type of twins) {
      const [old, now] = [kinds.get(type), kinds.get(`${type}_v1`)];
      expect([type, old?.class, old?.also]).toEqual([type, now?.class, now?.also]);
    }
  });
});

describe('hard cases of classes.md', () => {
  const cases: [string, string, string, string[]][] = [
    ['hashicorp/aws', 'aws_ssm_parameter', 'app-config', ['stateful']],
    ['hashicorp/aws', 'aws_memorydb_cluster', 'database', ['stateful']],
    ['hashicorp/aws', 'aws_db_subnet_group', 'database-config', []],
    ['hashicorp/aws', 'aws_db_proxy', 'database-config', []],
    ['hashicorp/aws', 'aws_kms_alias', 'encryption-key', []],
    ['hashicorp/aws', 'aws_kms_key', 'encryption-key', ['foundation', 'stateful']],
    ['hashicorp/aws', 'aws_flow_log', 'log', []],
    ['hashicorp/aws', 'aws_cloudwatch_log_group', 'log', ['stateful']],
    ['hashicorp/aws', 'aws_secretsmanager_secret_version', 'revision', []],
    ['hashicorp/aws', 'aws_ecs_task_definition', 'revision', []],
    ['hashicorp/aws', 'aws_iam_access_key', 'secret', ['access']],
    ['hashicorp/aws', 'aws_backup_vault', 'backup', ['foundation', 'protection', 'stateful']],
    ['hashicorp/aws', 'aws_transfer_server', 'file-storage', ['exposure']],
    ['hashicorp/aws', 'aws_lambda_function_url', 'function', ['access', 'exposure']],
    ['hashicorp/aws', 'aws_eip', 'network', ['exposure', 'foundation']],
    ['hashicorp/aws', 'aws_servicequotas_service_quota', 'organization-policy', []],
    ['hashicorp/azurerm', 'azurerm_management_lock', 'lock', ['protection']],
    ['hashicorp/azurerm', 'azurerm_key_vault', 'secret', ['access', 'stateful']],
    ['hashicorp/azurerm', 'azurerm_resource_group', 'organization', ['foundation', 'stateful']],
    ['hashicorp/google', 'google_sql_user', 'database-user', ['access']],
    ['hashicorp/google', 'google_storage_bucket_iam_binding', 'permission', ['access', 'exposure']],
    ['hashicorp/kubernetes', 'kubernetes_stateful_set_v1', 'workload', ['stateful']],
    ['hashicorp/kubernetes', 'kubernetes_service_v1', 'load-balancer', ['exposure']],
    ['hashicorp/aws', 'aws_api_gateway_deployment', 'revision', []],
    ['hashicorp/aws', 'aws_sfn_state_machine', 'job', []],
    ['hashicorp/aws', 'aws_ec2_capacity_reservation', 'machine-group', []],
    ['hashicorp/aws', 'aws_db_instance_role_association', 'permission', ['access']],
    ['hashicorp/azurerm', 'azurerm_logic_app_workflow', 'job', []],
    ['hashicorp/azurerm', 'azurerm_eventhub_authorization_rule', 'permission', ['access']],
    ['hashicorp/azurerm', 'azurerm_notification_hub', 'messaging', ['stateful']],
    ['hashicorp/azurerm', 'azurerm_restore_point_collection', 'backup', ['protection', 'stateful']],
    ['hashicorp/azurerm', 'azurerm_virtual_machine_restore_point_collection', 'backup', ['protection', 'stateful']],
    ['hashicorp/google', 'google_pubsub_subscription', 'queue', ['stateful']],
    ['hashicorp/google', 'google_workflows_workflow', 'job', []],
    ['hashicorp/google', 'google_compute_instance_template', 'machine-group', []],
    ['hashicorp/aws', 'aws_finspace_kx_cluster', 'database', ['stateful']],
    ['hashicorp/aws', 'aws_rum_app_monitor', 'monitor', ['stateful']],
    ['hashicorp/aws', 'aws_redshift_partner', 'database-config', ['access']],
    ['hashicorp/aws', 'aws_resourceexplorer2_view', 'organization', ['access']],
    ['hashicorp/aws', 'aws_dx_hosted_transit_virtual_interface_accepter', 'network', ['foundation']],
    ['hashicorp/google', 'google_apigee_env_keystore', 'certificate', ['stateful']],
    ['hashicorp/google', 'google_dataplex_data_product', 'analytics', ['access']],
    ['hashicorp/google', 'google_dataplex_data_product_data_asset', 'analytics', ['access']],
    ['snowflakedb/snowflake', 'snowflake_network_policy', 'firewall', ['access', 'exposure']],
    ['snowflakedb/snowflake', 'snowflake_warehouse', 'warehouse', []],
    ['hashicorp/random', 'random_password', 'secret', []],
    ['hashicorp/random', 'random_id', 'helper', []],
  ];
  it.each(cases)('%s %s is %s', (source, type, name, also) => {
    const row = loadCatalog(source)?.managed.get(type);
    expect([row?.class, row?.also ?? []]).toEqual([name, also]);
  });

  it('reads policy documents as permission, secrets as secret, invocations as code-execution', () => {
    const read = (source: string, type: string) => loadCatalog(source)?.data.get(type)?.class;
    expect(read('hashicorp/aws', 'aws_iam_policy_document')).toBe('permission');
    expect(read('hashicorp/aws', 'aws_secretsmanager_secret_version')).toBe('secret');
    expect(read('hashicorp/aws', 'aws_lambda_invocation')).toBe('code-execution');
    expect(read('hashicorp/external', 'external')).toBe('code-execution');
    expect(read('hashicorp/http', 'http')).toBe('code-execution');
  });

  it('knows attributes that carry a class their type does not', () => {
    const { managed: aws } = loadCatalog('hashicorp/aws') ?? { managed: new Map<string, CatalogRow>() };
    expect(aws.get('aws_sqs_queue')?.access_by).toContainEqual({ attribute: 'policy' });
    expect(aws.get('aws_db_instance')?.exposure_by).toContainEqual({ attribute: 'publicly_accessible', except: [false] });
  });

  it('knows the deletion defaults that differ by type', () => {
    const { managed: google } = loadCatalog('hashicorp/google') ?? { managed: new Map<string, CatalogRow>() };
    const unset = (type: string) => google.get(type)?.protects?.find(({ attribute }) => attribute === 'deletion_policy')?.default;
    expect(unset('google_project')).toBe('PREVENT');
    expect(unset('google_firestore_database')).toBe('ABANDON');
    expect(unset('google_alloydb_cluster')).toBe('FORCE');
    expect(unset('google_storage_bucket')).toBe('DELETE');
    expect(google.get('google_kms_key_ring')?.destroy).toBe('forgets');
  });
});

describe('the registry', () => {
  it('serves every source that a catalog file names, and no other', () => {
    expect([...new Set(files.flatMap(({ provider }) => provider))].sort()).toEqual(KNOWN_SOURCES);
  });

  it('reads google-beta with the table of google, whatever the case', () => {
    expect(loadCatalog('hashicorp/google-beta')).toBe(loadCatalog('hashicorp/google'));
    expect(loadCatalog('Azure/azapi')?.managed.get('azapi_resource')?.wraps).toBe('type');
  });

  it('knows nothing of a provider without a catalog, nor of names that objects inherit', () => {
    expect(loadCatalog('acme/graph')).toBeNull();
    expect(loadCatalog('hashicorp/aws')?.managed.get('constructor')).toBeUndefined();
  });

  it('loads the code of a provider, the generic one where there is none', async () => {
    expect((await loadProvider('hashicorp/google-beta')).carrier).toBe('google');
    expect((await loadProvider('hashicorp/azurerm')).foldKey('Environment')).toBe('environment');
    expect((await loadProvider('acme/graph')).carrier).toBeNull();
  });

  it('finds the row of the kind inside a wrapper', () => {
    const inside = (source: string, kind: string) => loadCatalog(source)?.inside?.(kind)?.class ?? null;
    expect(inside('hashicorp/kubernetes', 'StatefulSet')).toBe('workload');
    expect(inside('azure/azapi', 'Microsoft.Sql/servers/databases@2023-08-01')).toBe('database');
    expect(inside('hashicorp/aws', 'AWS::S3::Bucket')).toBe('object-storage');
    expect(inside('hashicorp/kubernetes', 'GraphDatabase')).toBeNull();
    expect(inside('azure/azapi', 'Microsoft.Web/sites@2023-12-01')).toBeNull();
    expect(inside('hashicorp/helm', 'constructor')).toBeNull();
  });

  it('has a catalog entry for every kind it can look inside', () => {
    const tables: [string, ReadonlyMap<string, string>][] = [
      ['hashicorp/azurerm', ARM_TYPES],
      ['hashicorp/aws', CLOUDFORMATION_TYPES],
      ['hashicorp/kubernetes', KUBERNETES_KINDS],
    ];
    for (const [source, table] of tables)
      for (const [kind, type] of table) expect([kind, loadCatalog(source)?.managed.has(type)]).toEqual([kind, true]);
  });
});

describe.skipIf(!existsSync(FACTS) && !needsShared)('against the schemas of the providers', () => {
  it.each(CLOUDS.filter(({ tables }) => tables.length > 0).map((cloud) => [cloud.name, cloud] as const))(
    'has a row for every type of %s',
    (name, cloud) => {
      const types = [...readFacts(FACTS, cloud.tables, cloud.computedAs).types.keys()];
      expect(types.length).toBeGreaterThan(100);
      const known = new Set(rows.flatMap(({ file, section, type }) => (file === name ? `${section} ${type}` : [])));
      const section = (type: string) => (type.startsWith('data.') ? `data ${type.slice('data.'.length)}` : `managed ${type}`);
      expect(types.filter((type) => !known.has(section(type)))).toEqual([]);
    },
  );
});

describe.skipIf(!existsSync(RECORDED) && !needsShared)('against the recorded plans', () => {
  it('has a row for every type in them', () => {
    const types = recordedTypes(RECORDED);
    expect(types.length).toBeGreaterThan(140);
    const known = new Set(rows.map(({ section, type }) => `${section} ${type}`));
    expect(types.filter(({ section, type }) => !known.has(`${section} ${type}`))).toEqual([]);
  });

  it('names only attributes that the recorded objects have', () => {
    const objects = recordedAttributes();
    let checked = 0;
    const wrong: string[] = [];
    for (const entry of rows) {
      const attributes = objects.get(`${entry.section} ${entry.type}`);
      if (!attributes) continue;
      for (const { key, path } of namedPaths(entry.row)) {
        checked += 1;
        const top = /^[^.]+/.exec(path)?.[0] ?? '';
        if (!attributes.has(top)) wrong.push(`${where(entry)}: ${key} ${path}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(500);
  });
});

/** Top-level attributes of every object of a type: both sides of each row, and prior state. */
function recordedAttributes(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (mode: unknown, type: unknown, values: unknown) => {
    if (typeof values !== 'object' || values === null) return;
    const key = `${mode === 'data' ? 'data' : 'managed'} ${String(type)}`;
    const names = found.get(key) ?? new Set<string>();
    for (const name of Object.keys(values)) names.add(name);
    found.set(key, names);
  };
  for (const path of planFiles(RECORDED)) {
    const open: unknown[] = [JSON.parse(readFileSync(path, 'utf8'))];
    while (open.length > 0) {
      const next = open.pop();
      if (typeof next !== 'object' || next === null) continue;
      const object = next as Record<string, unknown>;
      if (typeof object.address === 'string' && typeof object.type === 'string') {
        add(object.mode, object.type, object.values);
        const change = object.change as Record<string, unknown> | undefined;
        for (const side of [change?.before, change?.after, change?.after_unknown]) add(object.mode, object.type, side);
      }
      open.push(...Object.values(object));
    }
  }
  return found;
}
