import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../src/plan/bytes.ts';
import { readPlan } from '../../src/plan/read.ts';

const PLAN = '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{}}';
const SAVED = Buffer.from('PK\u0003\u0004....tfplan....');
let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-show-')));
  for (const sub of ['bin', 'stack']) mkdirSync(join(folder, sub));
  writeFileSync(join(folder, 'stack', 'tf plan'), SAVED);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tool(name: string, body: string): string {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!${process.execPath}\nconst fs = require('node:fs');\n${body}`);
  chmodSync(path, 0o755);
  return path;
}

const RECORD = `fs.writeFileSync(process.argv[1] + '.log', JSON.stringify([process.cwd(), ...process.argv.slice(2)])); process.stdout.write(${JSON.stringify(PLAN)});`;
const log = (path: string): unknown => JSON.parse(readFileSync(`${path}.log`, 'utf8'));

test('terraform on PATH shows a saved plan, in the folder of the plan, without a shell', async () => {
  const path = tool('terraform', RECORD);
  const plan = await readPlan(join(folder, 'stack', 'tf plan'), { env: { PATH: join(folder, 'bin') } });
  expect(plan.version).toBe('1.9.0');
  expect(plan.sha256).toBe(sha256(SAVED));
  expect(log(path)).toEqual([join(folder, 'stack'), 'show', '-json', 'tf plan']);
});

test('a name that looks like an option stays a file name', async () => {
  const path = tool('terraform', RECORD);
  writeFileSync(join(folder, 'stack', '-plan'), SAVED);
  await readPlan(join(folder, 'stack', '-plan'), { env: { PATH: join(folder, 'bin') } });
  expect(log(path)).toEqual([join(folder, 'stack'), 'show', '-json', './-plan']);
});

test('INLANE_TERRAFORM names the tool, by path or by name', async () => {
  tool('terraform', 'process.exit(1)');
  const mine = tool('my-tofu', RECORD);
  const saved = join(folder, 'stack', 'tf plan');
  expect((await readPlan(saved, { env: { PATH: '', INLANE_TERRAFORM: mine } })).version).toBe('1.9.0');
  expect((await readPlan(saved, { env: { PATH: join(folder, 'bin'), INLANE_TERRAFORM: 'my-tofu' } })).version).toBe('1.9.0');
  await expect(readPlan(saved, { env: { PATH: join(folder, 'bin'), INLANE_TERRAFORM: 'none' } })).rejects.toMatchObject({
    code: 'plan-tool',
    message: expect.stringContaining('`none` (INLANE_TERRAFORM)'),
  });
});

test('where terraform cannot read it, tofu may', async () => {
  tool('terraform', "process.stderr.write('Error: wrong tool'); process.exit(1)");
  tool('tofu', RECORD);
  expect((await readPlan(join(folder, 'stack', 'tf plan'), { env: { PATH: join(folder, 'bin') } })).version).toBe('1.9.0');
});

test('no tool: the message names the command', async () => {
  await expect(readPlan(join(folder, 'stack', 'tf plan'), { env: { PATH: join(folder, 'bin') } })).rejects.toMatchObject({
    code: 'plan-tool',
    message: expect.stringContaining('neither `terraform` nor `tofu` is on PATH'),
    hint: expect.stringContaining('terraform show -json FILE > plan.json'),
  });
});

test('a tool that the folder of the plan brings is never run', async () => {
  writeFileSync(join(folder, 'stack', 'terraform'), `#!/bin/sh\necho '${PLAN}'`);
  chmodSync(join(folder, 'stack', 'terraform'), 0o755);
  for (const PATH of ['', '.', ':', 'stack']) {
    await expect(readPlan(join(folder, 'stack', 'tf plan'), { env: { PATH } })).rejects.toMatchObject({ code: 'plan-tool' });
  }
});

test('errors of the tool are one short escaped line, and quote nothing below it', async () => {
  tool(
    'terraform',
    `process.stderr.write('\\u001b[31m╷\\u001b[0m\\n│ Error: Failed to read\\u0007 plan\\n│ \\n│ password = "hunter2"\\n╵\\n'); process.stdout.write('{"half": "hunter2'); process.exit(1)`,
  );
  const error = await readPlan(join(folder, 'stack', 'tf plan'), { env: { PATH: join(folder, 'bin') } }).catch((e: Error) => e);
  expect((error as Error).message).toContain('failed with 1 (Error: Failed to read\\u{7} plan)');
  expect((error as Error).message).not.toContain('hunter2');
});
