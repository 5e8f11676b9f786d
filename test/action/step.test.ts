import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARKER, readComment } from '../../src/action/comment.ts';
import { expectValid } from '../report/schema.ts';
import { startGitHub } from '../standins/github/stand-in.ts';
import { build, DANA, pullRequest, type Ran, runStep, SAM, type Step, TOKEN, type Workspace, workspace } from './runner.ts';

/** The bundled script of action.yml, started as a runner starts it. */
let folder: string;
let script: string;
const places: Workspace[] = [];
const place = (story: string) => {
  const made = workspace(story);
  places.push(made);
  return made;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-step-'));
  script = build(folder);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const { done } of places) done();
});

const INPUTS = { plan: 'plan.json', workspace: 'orders-production', now: '2026-11-20T12:00:00Z' };
const DENIED = 'aws-postgres-wrong-replace-in-place';
const ALLOWED = 'aws-postgres-4-remove-old';
const run = (where: Workspace, step: Omit<Step, 'inputs'> & { inputs?: Record<string, string> }) =>
  runStep(script, where, { ...step, inputs: { ...INPUTS, ...step.inputs } });
const outcome = ({ exit, outputs }: Ran) => [exit, outputs.get('verdict'), outputs.get('exit')];
const reportOf = ({ outputs }: Ran) => JSON.parse(readFileSync(outputs.get('report') as string, 'utf8'));
const annotations = ({ commands }: Ran, level: string) =>
  commands.filter(({ name }) => name === level).map(({ message }) => message);

describe('a pull request', () => {
  it('is judged by the rules of its base, as who pushed, and told everywhere', async () => {
    const where = place(DENIED);
    const github = await startGitHub(TOKEN);
    const step = { event: 'pull_request', payload: pullRequest(where), api: github.url };
    const ran = await run(where, { ...step, inputs: { format: 'sarif=inlane.sarif\njunit=inlane.xml' } });
    expect(outcome(ran)).toEqual([1, 'deny', '1']);
    expect(ran.stderr).toBe('');
    const report = reportOf(ran);
    expectValid(report);
    expect(report).toMatchObject({
      verdict: 'deny',
      principal: { id: 'dana', assurance: 'host' },
      rules: { files: [{ path: 'inlane.yaml', level: 'org' }] },
    });
    expect(annotations(ran, 'error').join()).toContain('no-prod-drop');
    expect(JSON.parse(readFileSync(join(where.path, 'inlane.sarif'), 'utf8')).runs[0].results.length).toBeGreaterThan(0);
    expect(readFileSync(join(where.path, 'inlane.xml'), 'utf8')).toContain('<failure');
    expect(ran.summary).toContain('## DENY: plan.json');
    expect(ran.summary).toContain(`commit ${where.head.slice(0, 10)}, [run 17](https://github.com/acme/shop/actions/runs/17)`);
    expect(github.comments.map(({ body }) => body.startsWith(MARKER))).toEqual([true]);
    expect(github.comments[0]?.body).toContain('## DENY: plan.json');
    expect(github.faults).toEqual([]);
    // The token is masked before anything else is said, and stands nowhere else.
    expect(ran.log.startsWith(`::add-mask::${TOKEN}\n`)).toBe(true);
    expect([ran.log.replace(`::add-mask::${TOKEN}`, ''), ran.summary, github.comments[0]?.body].join('\n')).not.toContain(TOKEN);
    await github.close();
  });

  it('is denied nothing by a comment that may not be written: a fork is told, the summary has it', async () => {
    const where = place(ALLOWED);
    const github = await startGitHub(TOKEN, { writer: null });
    const ran = await run(where, { event: 'pull_request', payload: pullRequest(where, { fork: true }), api: github.url });
    expect(outcome(ran)).toEqual([0, 'allow', '0']);
    expect(github.comments).toEqual([]);
    expect(ran.summary).toContain('## ALLOW: plan.json');
    expect(annotations(ran, 'notice').join()).toMatch(
      /comes from a fork, whose runs may not comment; GitHub answers 403 to POST .*Resource not accessible by integration.* The verdict stands, and the job summary has the report/,
    );
    expect(annotations(ran, 'warning')).toEqual([]);
    expect(github.faults).toEqual([]);
    await github.close();
  });

  it('warns where the job lacks the permission, or GitHub is away', async () => {
    const where = place(ALLOWED);
    const gone = await startGitHub(TOKEN);
    await gone.close();
    const ran = await run(where, { event: 'pull_request', payload: pullRequest(where), api: gone.url });
    expect(outcome(ran)).toEqual([0, 'allow', '0']);
    expect(annotations(ran, 'warning').join()).toMatch(/GitHub cannot be reached \(ECONNREFUSED\).*The verdict stands/);
  });

  it('is undecided where its base is not there, and says how to fetch it', async () => {
    const where = place(ALLOWED);
    const payload = pullRequest({ ...where, base: '1'.repeat(40) });
    const ran = await run(where, { event: 'pull_request', payload, inputs: { comment: 'false' } });
    expect(outcome(ran)).toEqual([2, 'undecided', '2']);
    expect(annotations(ran, 'error').join()).toMatch(/no commit `1{40}`.*fetch it/);
    expect(reportOf(ran)).toMatchObject({ verdict: 'undecided', diagnostics: [{ code: 'usage' }] });
  });

  it('reads the working tree only where it is told to', async () => {
    const where = place(DENIED);
    const step = { event: 'pull_request', payload: pullRequest(where), inputs: { comment: 'false', 'trust-worktree': 'true' } };
    expect(outcome(await run(where, step))).toEqual([0, 'allow', '0']);
  });
});

describe('other events', () => {
  it('pull_request_target: rules of the base, and a warning of what runs with secrets', async () => {
    const where = place(DENIED);
    const ran = await run(where, { event: 'pull_request_target', payload: pullRequest(where), inputs: { comment: 'false' } });
    expect(outcome(ran)).toEqual([1, 'deny', '1']);
    expect(annotations(ran, 'warning')[0]).toContain("`pull_request_target` runs with this repository's secrets");
  });

  it('merge_group: rules of the commit that it is merged into, no comment', async () => {
    const where = place(DENIED);
    const payload = { action: 'checks_requested', merge_group: { base_sha: where.base, head_sha: where.head }, sender: DANA };
    const ran = await run(where, { event: 'merge_group', payload });
    expect(outcome(ran)).toEqual([1, 'deny', '1']);
    expect(ran.summary).toContain(`commit ${where.head.slice(0, 10)}`);
    expect(annotations(ran, 'warning')).toEqual([]);
  });

  it('push: rules of the commit that was pushed', async () => {
    const where = place(DENIED);
    where.git('checkout', '-q', where.base);
    const payload = { ref: 'refs/heads/main', after: where.base, sender: DANA };
    expect(outcome(await run(where, { event: 'push', payload }))).toEqual([1, 'deny', '1']);
    where.git('checkout', '-q', 'main');
    expect(outcome(await run(where, { event: 'push', payload }))).toEqual([0, 'allow', '0']);
  });

  it.each([
    ['issue_comment', { issue: { number: 42, pull_request: { url: 'x' }, user: DANA }, sender: DANA }],
    ['workflow_run', { workflow_run: { event: 'pull_request' }, sender: DANA }],
  ])('%s: may have a pull request checked out, so the origin of rules must be said', async (event, payload) => {
    const where = place(DENIED);
    const ran = await run(where, { event, payload, inputs: { comment: 'false' } });
    expect(outcome(ran)).toEqual([2, 'undecided', '2']);
    expect(reportOf(ran).diagnostics[0]).toMatchObject({ code: 'rules-untrusted' });
    const told = await run(where, { event, payload, inputs: { comment: 'false', 'rules-from': where.base } });
    expect(outcome(told)).toEqual([1, 'deny', '1']);
  });
});

describe('an approval that is due', () => {
  it('passes the step with outputs that say so, or fails it where that is wanted', async () => {
    const where = place('aws-import');
    where.git('checkout', '-q', where.base);
    const step = { event: 'push', payload: { sender: SAM } };
    const neutral = await run(where, step);
    expect(outcome(neutral)).toEqual([0, 'needs-approval', '3']);
    expect(annotations(neutral, 'warning').length).toBeGreaterThan(0);
    expect(neutral.log).toContain('has to wait for the output `exit` to be 0');
    expect(outcome(await run(where, { ...step, inputs: { 'needs-approval': 'fail' } }))).toEqual([3, 'needs-approval', '3']);
  });
});

describe('what cannot be decided', () => {
  it.each([
    [{ plan: '' }, /`plan` is empty/],
    [{ plan: '-' }, /no standard input/],
    [{ plan: 'none.json' }, /none\.json/],
    [{ observe: 'yes' }, /`observe` is `yes`.*true or false/],
    [{ 'needs-approval': 'pass' }, /neutral or fail/],
    [{ format: 'sarif' }, /write NAME=FILE/],
    [{ format: 'sarf=x' }, /did you mean `sarif`/],
    [{ format: 'sarif=plan.json' }, /`plan\.json` cannot be written \(EEXIST\)/],
    [{ as: 'human:dana' }, /--as/],
  ] as const)('%j fails the step with outputs', async (inputs, message) => {
    const where = place(ALLOWED);
    where.git('checkout', '-q', where.base);
    const ran = await run(where, { event: 'push', payload: { sender: DANA }, inputs });
    expect(outcome(ran)).toEqual([2, 'undecided', '2']);
    expect(annotations(ran, 'error').join()).toMatch(message);
    expect(ran.summary).toContain('## UNDECIDED');
  });

  it('a step without an event or without a file for outputs fails', async () => {
    const where = place(ALLOWED);
    const step = { event: 'push', payload: { sender: DANA } };
    expect(outcome(await run(where, { ...step, env: { GITHUB_EVENT_PATH: join(where.path, 'none') } }))).toEqual([
      2,
      'undecided',
      '2',
    ]);
    const ran = await run(where, { ...step, env: { GITHUB_OUTPUT: join(where.path, 'none', 'output') } });
    expect([ran.exit, ran.outputs.size]).toEqual([2, 0]);
    expect(annotations(ran, 'error')).toEqual([
      expect.stringContaining('the file of `GITHUB_OUTPUT` cannot be written (ENOENT)'),
    ]);
  });
});

describe('who acts', () => {
  it.each([
    ['dana on her own pull request', { sender: DANA, author: DANA }, 'allow', 'dana'],
    ['dana on that of somebody unknown', { sender: DANA, author: { login: 'x', id: 5 } }, 'deny', 'anonymous'],
    ['somebody unknown on that of dana', { sender: { login: 'dana-on-github', id: 5 }, author: DANA }, 'deny', 'anonymous'],
  ] as const)('%s', async (_, who, verdict, id) => {
    const where = place(ALLOWED);
    const ran = await run(where, { event: 'pull_request', payload: pullRequest(where, who), inputs: { comment: 'false' } });
    expect(reportOf(ran)).toMatchObject({ verdict, principal: { id } });
  });

  it('a name that is given outweighs, and a run that somebody else starts again is told', async () => {
    const where = place(ALLOWED);
    const payload = pullRequest(where, { sender: { login: 'x', id: 5 } });
    const ran = await run(where, {
      event: 'pull_request',
      payload,
      inputs: { comment: 'false', as: 'dana' },
      env: { GITHUB_TRIGGERING_ACTOR: 'mallory' },
    });
    expect(reportOf(ran)).toMatchObject({ verdict: 'allow', principal: { id: 'dana', assurance: 'asserted' } });
    expect(annotations(ran, 'warning').join()).toContain('started this run again');
  });
});

describe('hostile text', () => {
  it('sets no output, begins no command, and ends no part of the comment', async () => {
    const where = place('aws-hostile-names');
    const github = await startGitHub(TOKEN);
    const section = 'x -->\n<!-- inlane:end -->\n::error::owned';
    const ran = await run(where, { event: 'pull_request', payload: pullRequest(where), api: github.url, inputs: { section } });
    expect([...ran.outputs.keys()]).toEqual(['verdict', 'exit', 'report']);
    expect(ran.commands.every(({ name }) => ['add-mask', 'error', 'warning', 'notice'].includes(name))).toBe(true);
    expect(annotations(ran, 'error').some((message) => message.startsWith('owned'))).toBe(false);
    expect(readComment(github.comments[0]?.body ?? '').map(({ key, verdict }) => [key, verdict])).toEqual([[section, 'deny']]);
    await github.close();
  });
});
