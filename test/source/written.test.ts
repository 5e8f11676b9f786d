// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigExpression, ResourceChange } from '../../src/plan/model.ts';
import { readPlan } from '../../src/plan/read.ts';
import { isList, isObject, member, Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { workingTree } from '../../src/source/files.ts';
import { CARRIERS, hiddenMaps } from '../../src/source/nested.ts';
import { ModuleTree } from '../../src/source/tree.ts';
import { writtenMap, writtenTags } from '../../src/source/written.ts';
import { root, shared } from '../stories.ts';
import { block, change, treeOf } from './memory.ts';

/** The values with every map of tags in them hidden, as a plan hides one with an unknown value. */
function concealed(value: Value): Value {
  if (isList(value)) return value.map(concealed);
  if (!isObject(value)) return value;
  return Object.assign(
    Object.create(null),
    Object.fromEntries(
      Object.keys(value).map((key) => [
        key,
        CARRIERS.has(key) && isObject(value[key]) ? UNKNOWN : concealed(value[key] as Value),
      ]),
    ),
  );
}

function at(value: Value, path: string): Value | undefined {
  return path.split('.').reduce<Value | undefined>((inner, step) => {
    if (isList(inner)) return inner[Number(step)];
    return inner === undefined ? undefined : member(inner, step);
  }, value);
}

/** Null-prototype, as the plan's reader makes them. */
const values = (object: Record<string, Value>): ResourceChange['after'] => Object.assign(Object.create(null), object);

describe('what the text says of tags that the plan shows as well is what the plan says', () => {
  const told = { maps: 0, whole: 0, keys: 0, nested: 0 };
  for (const [base, folder] of [
    [root, 'fixtures/source'],
    [root, 'fixtures/stories'],
    [shared, 'recorded'],
  ] as const) {
    const here = existsSync(join(base, folder));
    it.skipIf(!here)(folder, async () => {
      for (const file of (readdirSync(join(base, folder), { recursive: true }) as string[]).filter((name) =>
        name.endsWith('plan.json'),
      )) {
        const stack = join(base, folder, dirname(file));
        const plan = await readPlan(join(stack, 'plan.json'), {});
        const tree = new ModuleTree(workingTree(stack), { tofu: plan.tool === 'opentofu', sources: plan.configuration.sources });
        for (const row of plan.rows()) {
          const { after, block: own } = row;
          if (after === null || after === UNKNOWN || own === null || row.mode !== 'managed') continue;
          for (const hidden of hiddenMaps(concealed(after) as typeof after, own.expressions)) {
            const shown = at(after, hidden.path);
            const map = isObject(shown) ? await writtenMap(row, hidden, tree, plan.variables) : null;
            if (map === null || !isObject(shown)) continue;
            told.maps += 1;
            if (hidden.path.includes('.')) told.nested += 1;
            for (const [key, entry] of map.entries) {
              if (!('value' in entry) || shown[key] instanceof Sensitive) continue;
              told.keys += 1;
              expect([file, row.address, hidden.path, key, shown[key]]).toEqual([
                file,
                row.address,
                hidden.path,
                key,
                entry.value,
              ]);
            }
            if (map.open === null) {
              told.whole += 1;
              expect([file, row.address, ...map.entries.keys()].sort()).toEqual(
                [file, row.address, ...Object.keys(shown)].sort(),
              );
            }
          }
        }
      }
      if (folder === 'recorded') expect(told.nested).toBeGreaterThan(0);
      expect(told.maps).toBeGreaterThan(5);
      expect(told.whole).toBeGreaterThan(5);
      expect(told.keys).toBeGreaterThan(10);
    });
  }
});

/** A queue whose tags the plan hides, its block written like this, in a module where told. */
async function written(
  tags: string,
  references: readonly string[],
  more: {
    files?: Record<string, string>;
    variables?: Record<string, Value>;
    address?: string;
    moduleAddress?: string;
    head?: string;
    before?: ResourceChange['before'];
  } = {},
) {
  const expression: ConfigExpression =
    references.length === 0 ? { kind: 'opaque' } : { kind: 'references', names: references, targets: [] };
  const { address = 'aws_sqs_queue.q', moduleAddress = null, head = '' } = more;
  const path = address.replace(/\["[^"]*"\]|\[\d+\]/g, '');
  const of = block(path, [], {
    expressions: new Map([['tags', expression]]),
    repeated: head.includes('for_each') || head.includes('count'),
  });
  const row = change(of, { address, moduleAddress, after: values({ tags: UNKNOWN }), before: more.before ?? null });
  const text = `resource "aws_sqs_queue" "q" {\n${head}  tags = ${tags}\n}\n`;
  const tree = treeOf({ ...(more.files ?? {}), [moduleAddress === null ? 'main.tf' : 'm/main.tf']: text });
  const map = (await writtenTags(row, tree, new Map(Object.entries(more.variables ?? {})))).get('tags');
  if (map === undefined) return null;
  const spelled = [...map.entries].map(([key, entry]) => [key, 'value' in entry ? entry.value : `? ${entry.why}`]);
  return { ...Object.fromEntries(spelled), ...(map.open === null ? {} : { '*': map.open }) };
}

describe('tags that the plan hides', () => {
  it('literals beside an unknown value', async () => {
    expect(
      await written('{ team = "payments", "a b" : 1, on = true, net = aws_vpc.main.id, s = "x-${aws_vpc.main.id}" }', [
        'aws_vpc.main.id',
        'aws_vpc.main',
      ]),
    ).toEqual({
      team: 'payments',
      'a b': '1',
      on: 'true',
      net: '? aws_vpc.main.id',
      s: '? aws_vpc.main.id',
    });
  });

  it('locals, also of other files, and variables with known values', async () => {
    const files = {
      'locals.tf': 'locals {\n  common = { team = var.team, env = "${var.env}-1" }\n}\n',
      'variables.tf': 'variable "team" {\n  type = string\n}\nvariable "env" {}\nvariable "secret" {}\n',
    };
    const variables = { team: 'payments', env: 'dev', secret: new Sensitive('1', []) };
    expect(
      await written(
        'merge(local.common, { net = aws_vpc.main.id, s = var.secret })',
        ['local.common', 'aws_vpc.main.id', 'aws_vpc.main', 'var.secret'],
        { files, variables },
      ),
    ).toEqual({
      team: 'payments',
      env: 'dev-1',
      net: '? aws_vpc.main.id',
      s: '? var.secret',
    });
  });

  it('what stands behind an unknown map in a merge holds, what stands before does not', async () => {
    expect(await written('merge({ a = "1" }, aws_x.y.tags, { b = "2" })', ['aws_x.y.tags', 'aws_x.y'])).toEqual({
      a: '? aws_x.y.tags',
      b: '2',
      '*': 'aws_x.y.tags',
    });
    expect(await written('{ a = "1", (aws_x.y.id) = "2", b = "3" }', ['aws_x.y.id', 'aws_x.y'])).toEqual({
      a: '? aws_x.y.id',
      b: '3',
      '*': 'aws_x.y.id',
    });
  });

  it('each and count, in blocks and around modules', async () => {
    const head = '  for_each = { x = { team = "payments" } }\n';
    expect(
      await written(
        '{ key = each.key, team = each.value.team, net = aws_vpc.main.id }',
        ['each.key', 'each.value.team', 'each.value', 'aws_vpc.main.id'],
        { head, address: 'aws_sqs_queue.q["x"]' },
      ),
    ).toEqual({ key: 'x', team: 'payments', net: '? aws_vpc.main.id' });
    expect(
      await written('{ n = count.index, net = aws_vpc.main.id }', ['count.index', 'aws_vpc.main.id'], {
        head: '  count = 3\n',
        address: 'aws_sqs_queue.q[2]',
      }),
    ).toEqual({ n: '2', net: '? aws_vpc.main.id' });
    const files = {
      'main.tf':
        'module "m" {\n  source   = "./m"\n  for_each = { live = "production" }\n  env      = each.value\n  tags     = { team = "payments" }\n}\n',
      'm/variables.tf':
        'variable "env" {\n  type = string\n}\nvariable "tags" {\n  type = map(string)\n}\nvariable "tier" {\n  default = "gold"\n}\n',
    };
    const inModule = { files, address: 'module.m["live"].aws_sqs_queue.q', moduleAddress: 'module.m["live"]' };
    expect(
      await written(
        'merge(var.tags, { env = var.env, tier = var.tier, net = aws_vpc.main.id })',
        ['var.tags', 'var.env', 'var.tier', 'aws_vpc.main.id'],
        inModule,
      ),
    ).toEqual({
      team: 'payments',
      env: 'production',
      tier: 'gold',
      net: '? aws_vpc.main.id',
    });
  });

  it.each<[string, string, string[], Parameters<typeof written>[2]?]>([
    ['the plan refers to something else', '{ team = local.team }', ['local.other'], {}],
    ['the plan refers to something more', '{ team = "payments" }', ['aws_vpc.main.id'], {}],
    ['a loop makes it', '{ for k in local.l : k => "x" }', ['local.l'], {}],
    ['a condition makes it', 'var.a ? { team = "a" } : {}', ['var.a'], {}],
    ['another function makes it', 'zipmap(["a"], [aws_vpc.main.id])', ['aws_vpc.main.id'], {}],
    [
      'an update ignores changes',
      '{ team = "payments", n = aws_vpc.main.id }',
      ['aws_vpc.main.id'],
      { head: '  lifecycle {\n    ignore_changes = [tags["team"]]\n  }\n', before: values({}) as ResourceChange['before'] },
    ],
    [
      'a type drops what it does not name',
      'var.tags',
      ['var.tags'],
      {
        files: { 'v.tf': 'variable "tags" {\n  type = object({ team = string })\n}\n' },
        variables: { tags: values({ team: 'a', other: 'b' }) as Value },
      },
    ],
  ])('are not established where %s', async (_, tags, references, more) => {
    expect(await written(tags, references, more)).toBeNull();
  });

  it('locals that lead into one another end', async () => {
    const files = { 'l.tf': 'locals {\n  a = local.b\n  b = local.a\n}\n' };
    expect(await written('{ t = local.a, n = aws_vpc.main.id }', ['local.a', 'aws_vpc.main.id'], { files })).toMatchObject({
      n: '? aws_vpc.main.id',
    });
  });

  it.each([
    ['texts', (from: string) => `"\${local.${from}}\${local.${from}}"`],
    ['circles', (from: string) => `"\${local.${from}}\${local.l28}"`],
    ['maps', (from: string) => `merge(local.${from}, local.${from})`],
  ])('locals that name others twice are worked out once: %s', async (_, of) => {
    const lines = Array.from({ length: 28 }, (_one, at) => `  l${at + 1} = ${of(`l${at}`)}`);
    const files = { 'l.tf': `locals {\n  l0 = "x"\n${lines.join('\n')}\n}\n` };
    const references = ['local.l28', 'aws_vpc.main.id'];
    expect(await written('{ t = local.l28, n = aws_vpc.main.id }', references, { files })).toMatchObject({
      t: expect.stringMatching(/^\?/),
    });
  });
});

/** What the text of one block says of the maps that its values hide, by path; `expressions` are those of the plan. */
async function hiddenIn(
  files: Record<string, string>,
  after: Record<string, Value>,
  expressions: Record<string, ConfigExpression>,
  variables: Record<string, Value> = {},
) {
  const of = block('aws_sqs_queue.q', [], { expressions: new Map(Object.entries(expressions)) });
  const found = await writtenTags(change(of, { after: values(after) }), treeOf(files), new Map(Object.entries(variables)));
  return Object.fromEntries(
    [...found].map(([path, { entries, open }]) => [
      path,
      {
        ...Object.fromEntries([...entries].map(([key, entry]) => [key, 'value' in entry ? entry.value : `? ${entry.why}`])),
        ...(open === null ? {} : { '*': open }),
      },
    ]),
  );
}

const references = (...names: string[]): ConfigExpression => ({ kind: 'references', names, targets: [] });
const blocks = (...each: Record<string, ConfigExpression>[]): ConfigExpression => ({
  kind: 'blocks',
  blocks: each.map((one) => new Map(Object.entries(one))),
});
const opaque: ConfigExpression = { kind: 'opaque' };
const object = (own: Record<string, Value>) => values(own) as Value;

describe('tags in blocks of a block', () => {
  const net = references('aws_vpc.main.id', 'aws_vpc.main');
  const specification = (kind: string, team: string) =>
    `  spec {\n    kind = "${kind}"\n    tags = { team = "${team}", net = aws_vpc.main.id }\n  }\n`;
  const queue = (inner: string) => `resource "aws_sqs_queue" "q" {\n${inner}}\n`;
  const planned = (...kinds: string[]) => kinds.map((kind) => object({ kind, tags: UNKNOWN }));
  const two = { spec: blocks({ kind: opaque, tags: net }, { kind: opaque, tags: net }) };

  it('are those of the block at that place', async () => {
    const files = { 'main.tf': queue(specification('a', 'x') + specification('b', 'y')) };
    expect(await hiddenIn(files, { spec: planned('a', 'b') }, two)).toEqual({
      'spec.0.tags': { team: 'x', net: '? aws_vpc.main.id' },
      'spec.1.tags': { team: 'y', net: '? aws_vpc.main.id' },
    });
    const deep = queue(`  outer {\n${specification('a', 'x')}  }\n`);
    const outer = { outer: blocks({ spec: blocks({ kind: opaque, tags: net }) }) };
    expect(await hiddenIn({ 'main.tf': deep }, { outer: [object({ spec: planned('a') })] }, outer)).toEqual({
      'outer.0.spec.0.tags': { team: 'x', net: '? aws_vpc.main.id' },
    });
  });

  it.each<[string, Record<string, string>, readonly Value[]]>([
    [
      'the plan has them in another order',
      { 'main.tf': queue(specification('b', 'x') + specification('a', 'y')) },
      planned('a', 'b'),
    ],
    ['nothing tells them apart', { 'main.tf': queue(specification('a', 'x') + specification('a', 'y')) }, planned('a', 'a')],
    ['there are more of them', { 'main.tf': queue(specification('a', 'x') + specification('b', 'y')) }, planned('a', 'b', 'c')],
    [
      'some are made by a loop',
      { 'main.tf': queue(`${specification('a', 'x')}  dynamic "spec" {\n    for_each = [1]\n    content {}\n  }\n`) },
      planned('a', 'b'),
    ],
    [
      'a file overrides them',
      {
        'main.tf': queue(specification('a', 'x') + specification('b', 'y')),
        'o_override.tf': queue(specification('a', 'z') + specification('b', 'z')),
      },
      planned('a', 'b'),
    ],
  ])('are not established where %s', async (_, files, spec) => {
    expect(await hiddenIn(files, { spec }, two)).toEqual({});
  });

  it('within the value of an argument', async () => {
    const files = { 'main.tf': queue('  manifest = { metadata = { name = aws_vpc.main.id, labels = { team = "x" } } }\n') };
    const after: Record<string, Value> = { manifest: object({ metadata: object({ name: UNKNOWN, labels: UNKNOWN }) }) };
    expect(await hiddenIn(files, after, { manifest: net })).toEqual({ 'manifest.metadata.labels': { team: 'x' } });
  });

  it('are carried by names that the text is looked at for, in every catalog', () => {
    const all = readdirSync(join(root, 'providers')).flatMap((cloud) => {
      const catalog = join(root, 'providers', cloud, 'catalog.json');
      const text = existsSync(catalog) ? readFileSync(catalog, 'utf8') : '';
      return [...text.matchAll(/"path":"([^"]*)","shape":"map"/g)].map(([, path]) => path as string);
    });
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter((path) => !CARRIERS.has(path.split('.').at(-1) ?? ''))).toEqual([]);
  });
});

describe('tags in JSON syntax', () => {
  const json = (tags: unknown, more: object = {}) =>
    ({ 'main.tf.json': JSON.stringify({ resource: { aws_sqs_queue: { q: { tags, ...more } } } }) }) as Record<string, string>;
  const hidden: Record<string, Value> = { tags: UNKNOWN };

  it('are objects of templates', async () => {
    const tags = {
      team: 'payments',
      'a b': 1,
      on: true,
      zone: '${local.zone}',
      mixed: 'x-${local.zone}\\n',
      escaped: '$${local.zone}',
      net: '${aws_vpc.main.id}',
      none: null,
    };
    const files = { ...json(tags), 'l.tf.json': '{"locals": [{"zone": "a\\\\b"}]}' };
    expect(await hiddenIn(files, hidden, { tags: references('local.zone', 'aws_vpc.main.id', 'aws_vpc.main') })).toEqual({
      tags: {
        team: 'payments',
        'a b': '1',
        on: 'true',
        zone: 'a\\b',
        // Nothing is escaped in a template but what would begin an interpolation.
        mixed: 'x-a\\b\\n',
        escaped: '${local.zone}',
        net: '? aws_vpc.main.id',
        none: '? an expression',
      },
    });
  });

  it('or one expression', async () => {
    const files = {
      ...json('${merge(local.common, { team = var.team }, { net = aws_vpc.main.id })}'),
      'l.tf.json': '{"locals": {"common": {"environment": "dev"}}, "variable": {"team": {"type": "string"}}}',
    };
    const names = references('local.common', 'var.team', 'aws_vpc.main.id', 'aws_vpc.main');
    expect(await hiddenIn(files, hidden, { tags: names }, { team: 'payments' })).toEqual({
      tags: { environment: 'dev', team: 'payments', net: '? aws_vpc.main.id' },
    });
    const whole = { ...files, ...json('${merge(local.common, var.tags)}') };
    expect(await hiddenIn(whole, hidden, { tags: references('local.common', 'var.tags') }, {})).toEqual({
      tags: { environment: '? var.tags', '*': 'var.tags' },
    });
  });

  it.each<[string, unknown, string[], object?]>([
    ['a key is a template', { '${local.key}': 'x' }, ['local.key']],
    ['the plan refers to something else', { team: '${local.a}' }, ['local.b']],
    ['an interpolation holds braces', { team: 'x-${lookup({a = "b"}, "a")}', net: '${aws_vpc.main.id}' }, ['aws_vpc.main.id']],
    ['it is no HCL', { team: '${"}', net: 'x' }, []],
  ])('are not established where %s', async (_, tags, names, more) => {
    expect(await hiddenIn(json(tags, more), hidden, { tags: references(...names) })).toEqual({});
  });

  it('in blocks of a block', async () => {
    const files = json(undefined, { spec: [{ kind: 'a', tags: { team: 'x', net: '${aws_vpc.main.id}' } }] });
    const of = { spec: blocks({ kind: opaque, tags: references('aws_vpc.main.id', 'aws_vpc.main') }) };
    expect(await hiddenIn(files, { spec: [object({ kind: 'a', tags: UNKNOWN })] }, of)).toEqual({
      'spec.0.tags': { team: 'x', net: '? aws_vpc.main.id' },
    });
  });

  it('are left alone where an update ignores changes', async () => {
    const files = json({ team: 'x' }, { lifecycle: { ignore_changes: ['tags'] } });
    const of = block('aws_sqs_queue.q', [], { expressions: new Map([['tags', opaque]]) });
    const row = change(of, { after: values(hidden), before: values({}) as ResourceChange['before'] });
    expect((await writtenTags(row, treeOf(files), new Map())).size).toBe(0);
  });
});
