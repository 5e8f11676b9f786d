import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadClasses } from '../../providers/classes.ts';
import { loadCatalogs } from '../../providers/index.ts';
import { ClassGuess } from '../../src/cli/class-guess.ts';
import { CLASS_OF_ENDING, CLASSES_OF_ATTRIBUTE } from '../../src/cli/class-words.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import { run } from './io.ts';

const folder = mkdtempSync(join(tmpdir(), 'inlane-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Types = Readonly<Record<string, readonly string[]>>;

/** A schema as `terraform providers schema -json` prints it; types with the names of their attributes. */
function schemaOf(providers: Readonly<Record<string, Types>>): string {
  const block = (attributes: readonly string[]) => ({
    attributes: Object.fromEntries(attributes.map((name) => [name, { type: 'string', optional: true }])),
    block_types: { timeouts: { nesting_mode: 'single', block: {} } },
  });
  const schemas = Object.entries(providers).map(([source, types]) => [
    source,
    {
      provider: { version: 0, block: block([]) },
      resource_schemas: Object.fromEntries(
        Object.entries(types).map(([type, attributes]) => [type, { version: 0, block: block(attributes) }]),
      ),
    },
  ]);
  return JSON.stringify({ format_version: '1.0', provider_schemas: Object.fromEntries(schemas) });
}

const ACME: Types = {
  acme_api_key: ['id', 'name', 'api_key'],
  acme_db_cluster: ['id', 'name', 'engine', 'engine_version', 'backup_retention_period'],
  acme_frobnicator: ['id', 'knob'],
  acme_role_assignment: ['id', 'role_id', 'principal_id'],
  acme_vpc: ['id', 'cidr_block'],
  acme_widget_queue_alias: ['id'],
};
const acme = schemaOf({ 'registry.terraform.io/acme/graph': ACME });

/** The file as the project's own loader reads it: class -> types. */
async function loaded(yaml: string): Promise<Map<string, { isA: string | null; types: readonly string[] }>> {
  const file = join(folder, `loaded-${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, yaml);
  const { ruleset } = await loadRuleset({ lanes: [file], stack: '.', cwd: folder, classNames: new Set(loadClasses().keys()) });
  return new Map([...ruleset.classes].map(([name, { isA, types }]) => [name, { isA, types }]));
}

async function imported(text: string, ...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await run(['catalog', 'import', '-', ...argv], { stdin: text });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return stdout;
}

describe('inlane catalog import', () => {
  it('proposes a class for every type, and comments out what is not likely', async () => {
    const yaml = await imported(acme);
    const classes = await loaded(yaml);
    expect(Object.fromEntries(classes)).toEqual({
      'acme-database': { isA: 'database', types: ['acme_db_cluster'] },
      'acme-network': { isA: 'network', types: ['acme_vpc'] },
      'acme-permission': { isA: 'permission', types: ['acme_role_assignment'] },
      'acme-secret': { isA: 'secret', types: ['acme_api_key'] },
    });
    for (const type of Object.keys(ACME)) expect(yaml.split(type).length, type).toBeGreaterThan(1);
    expect(yaml).toContain('- acme_db_cluster  # likely: like ');
    expect(yaml).toContain('has backup_retention_period, engine, engine_version');
    expect(yaml).toMatch(/^ {2}# +- acme_widget_queue_alias {2}# (guess|possible): like /m);
    expect(yaml).toMatch(/^ {2}# nothing speaks for any class: acme_frobnicator$/m);
  });

  it('loads whole when every comment is taken away that hides a type', async () => {
    const yaml = (await imported(acme))
      .replace(/^( {2})# (?=\S+:$| {2,}(is_a|types|- ))/gm, '$1')
      .replace(/^( +)# (- )/gm, '$1$2');
    const types = [...(await loaded(yaml)).values()].flatMap((entry) => entry.types);
    expect(types.sort()).toEqual(Object.keys(ACME).filter((type) => type !== 'acme_frobnicator'));
  });

  it('leaves out what a catalog has, and takes one provider where told', async () => {
    const two = schemaOf({
      'registry.terraform.io/hashicorp/aws': { aws_sqs_queue: ['name'], aws_new_db_cluster: ['engine'] },
      'registry.opentofu.org/acme/graph': ACME,
    });
    const all = await imported(two);
    expect(all).toContain('# hashicorp/aws, 1 types: ');
    expect(all).toContain('1 more stand in the catalog of inlane');
    expect(all).not.toMatch(/- aws_sqs_queue/);
    const one = await imported(two, '--provider', 'registry.terraform.io/hashicorp/aws');
    expect(one).not.toContain('acme_');
    const nothing = await imported(schemaOf({ 'registry.terraform.io/hashicorp/aws': { aws_sqs_queue: ['name'] } }));
    expect(nothing).toContain('\nclasses: {}\n');
    expect((await loaded(nothing)).size).toBe(0);
  });

  it('names classes apart, whatever providers are called', async () => {
    const many = schemaOf({
      'a.example/one/x.y': ACME,
      'b.example/two/x.y': ACME,
      'b.example/two/x-y': ACME,
      'registry.terraform.io/acme/graph': { _42_vpc: ['cidr_block'] },
    });
    const names = [...(await loaded(await imported(many))).keys()].filter((name) => name.includes('network'));
    expect(names).toEqual(['acme-network', 'acme-graph-network', 'b-example-two-x-y-network', 'b-example-two-x-y-network-2']);
  });

  it('keeps names that YAML takes for something else as text', async () => {
    const odd = schemaOf({
      'registry.terraform.io/acme/graph': { vpc: ['cidr_block'], Acme_VPC: ['cidr_block'], no: [], acme_1e3: [] },
    });
    const yaml = await imported(odd);
    for (const line of yaml.split('\n').filter((text) => text.includes('- ')))
      expect(line).toMatch(/- ("[^"]+"|[a-z][a-z0-9]*(_[a-z0-9]+)+) {2}#|^#/);
    await loaded(yaml);
  });

  it('takes a type of the same name for the same thing: a mirror of a provider', async () => {
    const yaml = await imported(schemaOf({ 'corp.example/mirror/aws': { aws_sqs_queue: [], aws_vpc: [] } }));
    expect(Object.fromEntries(await loaded(yaml))).toEqual({
      'aws-network': { isA: 'network', types: ['aws_vpc'] },
      'aws-queue': { isA: 'queue', types: ['aws_sqs_queue'] },
    });
  });

  it('is the same every time', async () => {
    expect(await imported(acme)).toBe(await imported(acme));
  });

  it('writes a new file when asked, and never over another', async () => {
    const schema = join(folder, 'schema.json');
    writeFileSync(schema, acme);
    const argv = ['catalog', 'import', 'schema.json', '--out', 'acme.yaml'];
    const first = await run(argv, { cwd: folder });
    expect(first).toMatchObject({ exit: 0, stdout: '', stderr: '' });
    const written = readFileSync(join(folder, 'acme.yaml'), 'utf8');
    expect(written).toBe(await imported(acme));
    const second = await run(argv, { cwd: folder });
    expect(second.exit).toBe(2);
    expect(second.stderr).toBe('error[usage]: `acme.yaml` is there already; remove it first: nothing is written over\n');
    expect(readFileSync(join(folder, 'acme.yaml'), 'utf8')).toBe(written);
    const nowhere = await run(['catalog', 'import', 'schema.json', '--out', 'no/such/folder.yaml'], { cwd: folder });
    expect(nowhere).toMatchObject({ exit: 2, stdout: '' });
    expect(nowhere.stderr).toMatch(/^error\[io\]: `no\/such\/folder\.yaml` cannot be written \(ENOENT\); /);
  });
});

describe('wrong input', () => {
  it.each([
    ['', 'standard input is empty'],
    [' \n', 'standard input is empty'],
    ['{', 'standard input is not JSON, or was cut off'],
    [acme.slice(0, 200), 'standard input is not JSON, or was cut off'],
    ['[]', 'standard input is JSON, not a provider schema'],
    ['{"a": 1}', 'standard input is JSON, not a provider schema'],
    [
      '{"format_version": "1.2", "resource_changes": [], "planned_values": {}}',
      'standard input is a plan, not a provider schema',
    ],
    ['{"version": 4, "lineage": "x", "resources": []}', 'standard input is a state, not a provider schema'],
    ['{"format_version": "1.0"}', 'standard input is a schema without any provider'],
    ['{"format_version": "7.0", "provider_schemas": {}}', 'standard input has a `format_version` that is not known'],
    [schemaOf({ 'x/y/z': { 'a\n: b': [] } }), 'standard input has a resource type `a\\u{a}: b`, which Terraform cannot name'],
  ])('%j', async (stdin, message) => {
    const { exit, stdout, stderr } = await run(['catalog', 'import', '-'], { stdin });
    expect(stderr).toContain(`error[usage]: ${message}; `);
    expect(stderr.split('\n').length).toBe(2);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  });

  it.each([
    [
      ['catalog', 'import', 'none.json'],
      'error[io]: `none.json` does not exist; run `terraform providers schema -json > schema.json`',
    ],
    [['catalog', 'import', '.'], 'error[io]: `.` is a directory; run `terraform providers schema -json'],
    [['catalog', 'import', ''], 'error[usage]: the name of the schema is empty; '],
    [['catalog', 'import'], 'error[usage]: `SCHEMA` is missing; `inlane catalog import --help` shows an example'],
    [['catalog', 'import', '-', '--provider', 'acme/grph'], 'the schema has no provider `acme/grph`; did you mean `acme/graph`?'],
    [
      ['catalog', 'import', '-', '--prvider', 'x'],
      'unknown option `--prvider`; did you mean `--provider`? `inlane catalog import --help`',
    ],
    [
      ['catalog', 'imprt'],
      'error[usage]: unknown command `catalog imprt`; did you mean `import`? `inlane catalog --help` lists them',
    ],
    [['catalog'], 'error[usage]: `catalog` lacks its command; `inlane catalog --help` lists them'],
  ])('%j', async (argv, message) => {
    const { exit, stdout, stderr } = await run(argv, { stdin: acme, cwd: folder });
    expect(stderr).toContain(message);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  });
});

describe('proposals for a provider that is held out of the catalogs', () => {
  const known = loadCatalogs().flatMap(({ catalog }) =>
    [...catalog.managed].flatMap(([type, row]) => {
      // The schema's attributes as far as the catalog tells them.
      const attributes = [...(row.computed ?? []), ...(row.optional_computed ?? []), ...(row.identity ?? [])];
      const provider = (type.split('_')[0] ?? '').replace('awscc', 'aws');
      return row.class === null ? [] : [{ type, provider, class: row.class, attributes }];
    }),
  );

  it.each(['aws', 'azurerm', 'google'])(
    '%s: the surer they say they are, the more of them are right',
    (held) => {
      const guess = new ClassGuess(known.filter(({ provider }) => provider !== held));
      const shares = (['likely', 'possible', 'guess'] as const).map((certainty) => {
        const told = known
          .filter(({ provider }) => provider === held)
          .map(({ type, class: name, attributes }) => ({ ...guess.propose(type, attributes), right: name }))
          .filter((proposal) => proposal.certainty === certainty);
        expect(told.length).toBeGreaterThan(25);
        return told.filter((proposal) => proposal.class === proposal.right).length / told.length;
      });
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(shares[0]).toBeGreaterThan(0.7);
    },
    20_000,
  );
});

describe('the words that proposals go by', () => {
  it('name classes that there are, an ending for one class only', () => {
    const classes = loadClasses();
    expect(CLASS_OF_ENDING.size).toBeGreaterThan(150);
    for (const [ending, names] of CLASS_OF_ENDING) expect([ending, names.length]).toEqual([ending, 1]);
    for (const names of [...CLASS_OF_ENDING.values(), ...CLASSES_OF_ATTRIBUTE.values()])
      for (const name of names) expect([name, classes.get(name)?.cross]).toEqual([name, false]);
  });

  it('are no more than witnesses: without them nothing is likely but what the catalogs are certain of', () => {
    const guess = new ClassGuess();
    expect(guess.propose('acme_zorb_queue', []).certainty).not.toBe('guess');
    expect(guess.propose('acme_zorb', []).certainty).toBe('guess');
    expect(guess.propose('acme_database', []).class).toBe('database');
  });
});
