// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readPlan } from '../../src/plan/read.ts';
import { planArchive } from '../../src/source/archive.ts';
import { configurationFiles, workingTree } from '../../src/source/files.ts';
import { ModuleTree } from '../../src/source/tree.ts';
import { root } from '../stories.ts';
import { block, change, placeOf, treeOf } from './memory.ts';

const QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n';
const queue = block('aws_sqs_queue.q', ['name']);
const why = async (...args: Parameters<typeof placeOf>) => {
  const place = await placeOf(...args);
  return 'why' in place ? place.why : `${place.found.file}:${place.found.line}`;
};

describe('a line is claimed only where the text is that of the plan', () => {
  it.each<[string, Record<string, string>, ReturnType<typeof block>, string]>([
    [
      'another argument in the text',
      { 'a.tf': QUEUE.replace('name =', 'kind =') },
      queue,
      '`a.tf:1` differs from the plan in `name`',
    ],
    [
      'one argument more in the text',
      { 'a.tf': QUEUE.replace('}', '  x = 1\n}') },
      queue,
      '`a.tf:1` differs from the plan in `x`',
    ],
    [
      'one argument less in the text',
      { 'a.tf': QUEUE },
      block('aws_sqs_queue.q', ['name', 'tags']),
      '`a.tf:1` differs from the plan in `tags`',
    ],
    ['no such block', { 'a.tf': 'resource "aws_sqs_queue" "r" {}\n' }, queue, 'no file in the stack declares it'],
    ['a data source of that name', { 'a.tf': QUEUE.replace('resource', 'data') }, queue, 'no file in the stack declares it'],
    ['two blocks', { 'a.tf': QUEUE, 'b.tf': `\n${QUEUE}` }, queue, 'two blocks declare it: `a.tf:1` and `b.tf:2`'],
    [
      'no repetition in the text',
      { 'a.tf': QUEUE },
      { ...queue, repeated: true },
      '`a.tf:1` differs from the plan in `count` or `for_each`',
    ],
    [
      'a file that is no HCL',
      { 'a.tf': `${QUEUE}x = "\n` },
      queue,
      '`a.tf` cannot be followed: a quoted text over several lines (line 4)',
    ],
    [
      'a file that only the parser refuses',
      { 'a.tf': `${QUEUE}x = = 1\n` },
      queue,
      '`a.tf` cannot be followed: it is no HCL (line 4)',
    ],
    ['an override alone', { 'a_override.tf': QUEUE }, queue, 'no file in the stack declares it'],
    [
      'hidden files and backups',
      { '.a.tf': QUEUE, 'a.tf~': QUEUE, '#a.tf#': QUEUE, 'a.tf': '' },
      queue,
      'no file in the stack declares it',
    ],
    [
      'a module without a call',
      { 'a.tf': '' },
      block('module.m.aws_sqs_queue.q'),
      'the call of `module.m`: no file in the stack declares it',
    ],
  ])('%s', async (_, files, of, expected) => {
    expect(await why(change(of), treeOf(files))).toBe(expected);
  });

  it('arguments of overrides count, meta arguments and dynamic blocks do not', async () => {
    const files = {
      'a.tf': QUEUE.replace(
        '}',
        '  count = 1\n  depends_on = []\n  lifecycle {\n  }\n  dynamic "x" {\n    for_each = []\n    content {}\n  }\n}',
      ),
      'b_override.tf': 'resource "aws_sqs_queue" "q" {\n  tags = {}\n}\n',
    };
    expect(await why(change(block('aws_sqs_queue.q', ['name', 'tags'], { repeated: true })), treeOf(files))).toBe('a.tf:1');
  });
});

describe('modules', () => {
  const inner = change(block('module.m.aws_sqs_queue.q', ['name']));
  const call = (source: string) => ({ 'main.tf': `module "m" {\n  source = ${source}\n}\n` });

  it('that are near are found by their path, others by the list that init wrote', async () => {
    expect(await why(inner, treeOf({ ...call('"./m"'), 'm/q.tf': QUEUE }))).toBe('m/q.tf:1');
    expect(await why(inner, treeOf({ ...call('"../m/"'), '../m/q.tf': QUEUE }))).toBe('../m/q.tf:1');
    const fetched = { ...call('"acme/q/aws"'), '.terraform/modules/m/q.tf': `\n${QUEUE}` };
    expect(await why(inner, treeOf(fetched, { modules: { m: '.terraform/modules/m' } }))).toBe('.terraform/modules/m/q.tf:2');
    expect(await why(inner, treeOf(fetched))).toBe(
      '`module.m` is not in .terraform/modules/modules.json: run `init` in the stack',
    );
  });

  it('whose source is not written out are found by what the plan says', async () => {
    const files = { ...call('"${local.root}/m"'), 'm/q.tf': QUEUE };
    expect(await why(inner, treeOf(files, { sources: { 'module.m': './m' } }))).toBe('m/q.tf:1');
    expect(await why(inner, treeOf(files))).toContain('is not in .terraform/modules/modules.json');
  });

  it('that the plan has from elsewhere are not taken', async () => {
    const files = { ...call('"./m"'), 'm/q.tf': QUEUE };
    expect(await why(inner, treeOf(files, { sources: { 'module.m': './other' } }))).toBe(
      'the call of `module.m` differs from the plan in `source`',
    );
  });

  it('outside, or without files, are not followed', async () => {
    const at = (place: string) => treeOf({ ...call('"acme/q/aws"'), 'x/q.tf': QUEUE }, { modules: { m: place } });
    expect(await why(inner, at('/etc'))).toBe('the folder of `module.m` is outside of the stack');
    expect(await why(inner, at('C:\\x'))).toBe('the folder of `module.m` is outside of the stack');
    expect(await why(inner, at('y'))).toBe('the folder of `module.m` (`y`) has no configuration files');
  });

  it('with the same names are told apart', async () => {
    const files = {
      'main.tf': `module "a" {\n  source = "./a"\n}\nmodule "b" {\n  source = "./b"\n}\n${QUEUE}`,
      'a/q.tf': `\n${QUEUE}`,
      'b/q.tf': `\n\n${QUEUE}`,
    };
    const tree = treeOf(files);
    for (const [address, expected] of [
      ['aws_sqs_queue.q', 'main.tf:7'],
      ['module.a.aws_sqs_queue.q', 'a/q.tf:2'],
      ['module.b.aws_sqs_queue.q', 'b/q.tf:3'],
    ] as const)
      expect(await why(change(block(address, ['name'])), tree)).toBe(expected);
  });
});

describe('what is gone', () => {
  const gone = (address: string) => change(null, { address });
  const removed = 'removed {\n  from = aws_sqs_queue.q\n}\n\nremoved {\n  from = module.m\n}\n';

  it('stands at the block that removes it, or at none', async () => {
    const tree = treeOf({ 'a.tf': removed });
    expect(await why(gone('aws_sqs_queue.q'), tree)).toBe('a.tf:1');
    expect(await why(gone('module.m.aws_sqs_queue.q'), tree)).toBe('a.tf:5');
    expect(await why(gone('module.m2.aws_sqs_queue.q'), tree)).toBe('its block is gone from the configuration');
    expect(await why(gone('aws_sqs_queue.other'), tree)).toBe('its block is gone from the configuration');
  });

  it('stands at the first of several that remove it, as itself or with a module around it', async () => {
    const whole = 'removed {\n  from = module.m\n}\n';
    const inner = 'removed {\n  from = module.m.module.n.aws_sqs_queue.q\n}\n';
    const address = 'module.m.module.n.aws_sqs_queue.q';
    expect(await why(gone(address), treeOf({ 'a.tf': inner, 'b.tf': whole }))).toBe('a.tf:1');
    expect(await why(gone(address), treeOf({ 'a.tf': `${whole}\n${inner}` }))).toBe('a.tf:1');
    expect(await why(gone(address), treeOf({ 'a.tf': `${inner}\n${whole}` }))).toBe('a.tf:1');
  });
});

describe('which files are configuration', () => {
  const names = [
    'a.tf',
    'a.tofu',
    'b.tf.json',
    'c.tofu.json',
    'override.tf',
    'x_override.tf.json',
    'y.tfvars',
    'z.tf.bak',
    'main.tf',
  ];
  const of = (tofu: boolean) =>
    configurationFiles(names, tofu).map(({ name, override }) => `${name}${override ? ' (override)' : ''}`);

  it('Terraform reads .tf, overrides last', () => {
    expect(of(false)).toEqual(['a.tf', 'b.tf.json', 'main.tf', 'override.tf (override)', 'x_override.tf.json (override)']);
  });

  it('OpenTofu reads .tofu too, instead of the .tf of the same name', () => {
    expect(of(true)).toEqual([
      'a.tofu',
      'b.tf.json',
      'c.tofu.json',
      'main.tf',
      'override.tf (override)',
      'x_override.tf.json (override)',
    ]);
  });

  it('a row of OpenTofu stands in its .tofu file', async () => {
    const files = { 'q.tf': QUEUE, 'q.tofu': `\n\n${QUEUE}` };
    expect(await why(change(queue), treeOf(files, { tofu: true }))).toBe('q.tofu:3');
    expect(await why(change(queue), treeOf(files))).toBe('q.tf:1');
  });
});

describe('a saved plan', () => {
  const folder = join(root, 'fixtures/source/07-fetched');
  const archive = readFileSync(join(folder, 'tfplan'));

  it('holds the same lines as the stack that it was made in', async () => {
    const plan = await readPlan(join(folder, 'plan.json'), {});
    const files = planArchive(archive);
    if (files === null) throw new Error('no configuration');
    const options = { tofu: false, sources: plan.configuration.sources };
    const [within, beside] = [new ModuleTree(files, options), new ModuleTree(workingTree(folder), options)];
    let rows = 0;
    for (const row of plan.rows()) {
      const place = await placeOf(row, within);
      expect(place).toHaveProperty('found');
      expect(place).toEqual(await placeOf(row, beside));
      rows += 1;
    }
    expect(rows).toBe(4);
  });

  it('without a configuration, cut, or with one that is too large, is left alone', () => {
    expect(planArchive(zipSync({ tfplan: strToU8('x') }))).toBeNull();
    expect(planArchive(archive.subarray(0, archive.length >> 1))).toBeNull();
    const bomb = zipSync({
      'tfconfig/modules.json': strToU8('[{"Key":"","Dir":"."}]'),
      'tfconfig/m-/a.tf': new Uint8Array(65_000_000),
    });
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(planArchive(bomb)).toBeNull();
  });

  it('names no file outside of its modules', () => {
    const files = planArchive(
      zipSync({
        'tfconfig/modules.json': strToU8('[{"Key":"","Dir":"."},{"Key":"a","Dir":"../a"},{"Key":"__proto__","Dir":"p"}]'),
        'tfconfig/m-/a.tf': strToU8(''),
        'tfconfig/m-/../../b.tf': strToU8(''),
        'tfconfig/m-a/a.tf': strToU8('x = 1'),
        'tfconfig/m-__proto__/c.tf': strToU8(''),
      }),
    );
    expect(files?.list('.')).toEqual(['a.tf']);
    expect(files?.list('../a')).toEqual(['a.tf']);
    expect(files?.list('p')).toEqual(['c.tf']);
    expect(files?.list('q')).toBeNull();
    expect(files?.read('../a/a.tf')).toBe('x = 1');
    expect(files?.read('/etc/passwd')).toBeNull();
  });
});
