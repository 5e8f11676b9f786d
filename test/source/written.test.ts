// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigExpression, ResourceChange } from '../../src/plan/model.ts';
import { readPlan } from '../../src/plan/read.ts';
import { isObject, Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { workingTree } from '../../src/source/files.ts';
import { ModuleTree } from '../../src/source/tree.ts';
import { writtenMap, writtenTags } from '../../src/source/written.ts';
import { root, shared } from '../stories.ts';
import { block, change, treeOf } from './memory.ts';

const NAMES = ['tags', 'labels', 'user_labels', 'resource_labels'];

/** Null-prototype, as the plan's reader makes them. */
const values = (object: Record<string, Value>): ResourceChange['after'] => Object.assign(Object.create(null), object);

describe('what the text says of tags that the plan shows as well is what the plan says', () => {
  const told = { maps: 0, whole: 0, keys: 0 };
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
          for (const name of NAMES) {
            const shown = row.after !== null && row.after !== UNKNOWN ? row.after[name] : undefined;
            if (!isObject(shown) || !row.block?.expressions.has(name)) continue;
            const map = await writtenMap(row, name, tree, plan.variables);
            if (map === null) continue;
            told.maps += 1;
            for (const [key, entry] of map.entries) {
              if (!('value' in entry) || shown[key] instanceof Sensitive) continue;
              told.keys += 1;
              expect([file, row.address, key, shown[key]]).toEqual([file, row.address, key, entry.value]);
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
});
