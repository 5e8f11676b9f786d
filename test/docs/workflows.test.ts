import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { ACTION } from '../action/runner.ts';
import { root } from '../stories.ts';

interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }>
  >;
}

const pages = ['README.md', ...readdirSync(join(root, 'docs/hosts')).map((name) => `docs/hosts/${name}`)];
const workflows = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- workflow: checked by a test -->\n```yaml\n([\s\S]*?)```/g)].map(
    ([, text = ''], index) => ({ name: `${page} ${index + 1}`, text, workflow: parse(text) as Workflow }),
  ),
);

describe('workflows that the documentation shows', () => {
  it('are found', () => {
    expect(workflows.map(({ name }) => name)).toEqual(['README.md 1', 'docs/hosts/github-actions.md 1']);
  });

  it.each(workflows)('$name pins every action by its commit, and says which version that is', ({ text }) => {
    const uses = [...text.matchAll(/uses: *(.*)$/gm)].map(([, one]) => one as string);
    expect(uses.length).toBeGreaterThan(2);
    for (const one of uses) expect(one).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # (v\d+\.\d+\.\d+|the commit of the release.*)$/);
  });

  it.each(workflows)('$name asks for the least: reading, and the comment', ({ workflow }) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const { permissions } of Object.values(workflow.jobs))
      expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  });

  it.each(workflows)('$name runs under no event that hands secrets to a pull request', ({ workflow }) => {
    expect(JSON.stringify(workflow.on)).toMatch(/pull_request/);
    expect(JSON.stringify(workflow)).not.toMatch(/pull_request_target|workflow_run|secrets\./);
  });

  it.each(workflows)('$name gives the Action inputs that it has, and the clone the base commit', ({ workflow }) => {
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const gate = steps.find(({ uses }) => uses?.startsWith('OWNER/inlane@'));
    const checkout = steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(Object.keys(gate?.with ?? {}).filter((name) => !(name in ACTION.inputs))).toEqual([]);
    expect(gate?.with?.plan).toBeTruthy();
    expect(checkout?.with).toEqual({ 'fetch-depth': 0, 'persist-credentials': false });
  });

  it('let nothing apply unless the gate says 0', () => {
    const text = readFileSync(join(root, 'docs/hosts/github-actions.md'), 'utf8');
    const [, block = ''] = /<!-- condition: checked by a test -->\n```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    const steps = parse(block) as readonly { if: string; run: string }[];
    const applying = steps.filter(({ run }) => run.startsWith('terraform apply'));
    expect(applying.map((step) => step.if)).toEqual(["steps.gate.outputs.exit == '0'"]);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain("`if: steps.gate.outputs.exit == '0'`");
  });
});

/** From PATH, or where `go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12` has put it. */
const actionlint = process.env.INLANE_ACTIONLINT ?? 'actionlint';
const isHere = spawnSync(actionlint, ['-version']).status === 0;
if (process.env.INLANE_E2E === 'required') test('actionlint is here', () => expect(isHere).toBe(true));

describe.skipIf(!isHere)('actionlint (needs actionlint, INLANE_ACTIONLINT)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlane-workflows-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const lint = (text: string) => {
    writeFileSync(join(folder, 'workflow.yml'), text);
    return spawnSync(actionlint, ['-no-color', '-shellcheck=', '-pyflakes=', 'workflow.yml'], { cwd: folder, encoding: 'utf8' });
  };

  it.each(workflows)('finds nothing in $name', ({ text }) => {
    const { stdout, status } = lint(text);
    expect([stdout, status]).toEqual(['', 0]);
  });

  it('finds what is wrong', () => {
    expect(lint(workflows[0]?.text.replace('pull-requests: write', 'pull-request: write') ?? '').stdout).toContain(
      'pull-request',
    );
  });

  it('knows the inputs and outputs of action.yml, and finds nothing in it', () => {
    execFileSync('cp', [join(root, 'action.yml'), folder]);
    const local = (input: string) => `on: push
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd
      - id: gate
        uses: ./
        with:
          ${input}: plan.json
      - run: echo "\${{ steps.gate.outputs.verdict }} \${{ steps.gate.outputs.exit }} \${{ steps.gate.outputs.report }}"
`;
    execFileSync('git', ['init', '-q'], { cwd: folder });
    execFileSync('mkdir', ['-p', join(folder, '.github/workflows'), join(folder, 'dist/action')]);
    writeFileSync(join(folder, 'dist/action/index.cjs'), '');
    const run = (input: string) => {
      writeFileSync(join(folder, '.github/workflows/local.yml'), local(input));
      return spawnSync(actionlint, ['-no-color', '-shellcheck=', '-pyflakes='], { cwd: folder, encoding: 'utf8' });
    };
    expect([run('plan').stdout, run('plan').status]).toEqual(['', 0]);
    expect(run('plam').stdout).toContain('plam');
  });
});
