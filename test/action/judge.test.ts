import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ActionEvent, readEvent } from '../../src/action/event.ts';
import { readInputs } from '../../src/action/inputs.ts';
import type { ActionIo } from '../../src/action/io.ts';
import { judge } from '../../src/action/judge.ts';
import { buildReport } from '../../src/report/build.ts';
import type { GateOptions } from '../../src/report/options.ts';
import { exitOf, type ReportVerdict } from '../../src/report/report.ts';
import * as s from '../report/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'inlane-event-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SHA = 'a'.repeat(40);

function event(name: string, payload: unknown, env: Record<string, string> = {}): ActionEvent {
  const path = join(folder, 'event.json');
  writeFileSync(path, JSON.stringify(payload));
  return readEvent({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_REF: 'refs/heads/main', GITHUB_SHA: SHA, ...env });
}

const pull = (over: object = {}) => ({
  pull_request: {
    number: 7,
    user: { id: 1 },
    head: { sha: 'b'.repeat(40), repo: { id: 9 } },
    base: { sha: SHA, repo: { id: 9 } },
    ...over,
  },
  sender: { id: 2 },
});

describe('an event', () => {
  it('names every account that stands behind it, each once', () => {
    expect(event('pull_request', pull(), { GITHUB_ACTOR_ID: '3' }).accounts).toEqual(['2', '3', '1']);
    expect(event('pull_request', pull(), { GITHUB_ACTOR_ID: '2' }).accounts).toEqual(['2', '1']);
    expect(event('push', { sender: { id: 2 }, pull_request: { user: { id: 1 } } }, { GITHUB_ACTOR_ID: '2' }).accounts).toEqual([
      '2',
    ]);
    const comment = { issue: { number: 7, pull_request: {}, user: { id: 1 } }, sender: { id: 2 } };
    expect(event('issue_comment', comment)).toMatchObject({ accounts: ['2', '1'], pullRequest: 7, hidden: true, ref: null });
    // A comment on an issue that is no pull request has nothing checked out.
    expect(event('issue_comment', { issue: { number: 7 }, sender: { id: 2 } })).toMatchObject({
      pullRequest: null,
      hidden: false,
    });
    // No name and no number that was made up.
    expect(
      event('push', { sender: { id: 'dana', login: 'x' } }, { GITHUB_ACTOR_ID: '-1', GITHUB_ACTOR: 'dana' }).accounts,
    ).toEqual([]);
  });

  it('is a fork wherever the head is not the repository of the base, a deleted one too', () => {
    expect(event('pull_request', pull()).fromFork).toBe(false);
    expect(event('pull_request', pull({ head: { sha: SHA, repo: { id: 10 } } })).fromFork).toBe(true);
    expect(event('pull_request', pull({ head: { sha: SHA, repo: null } })).fromFork).toBe(true);
  });

  it('has a base only where that is a commit', () => {
    expect(event('pull_request', pull()).base).toBe(SHA);
    expect(event('pull_request', pull({ base: { sha: 'main', repo: { id: 9 } } })).base).toBeNull();
    expect(event('pull_request', pull({ base: { sha: '--help', repo: { id: 9 } } })).base).toBeNull();
    expect(event('merge_group', { merge_group: { base_sha: SHA, head_sha: 'b'.repeat(40) } })).toMatchObject({
      base: SHA,
      head: 'b'.repeat(40),
    });
    expect(event('push', {})).toMatchObject({ base: null, head: SHA });
  });

  it('of a pull request is never taken for its base branch', () => {
    expect(event('pull_request_target', pull()).ref).toBe('refs/pull/7/merge');
    expect(event('pull_request_target', {}).ref).toBeNull();
    expect(event('workflow_run', { workflow_run: { event: 'pull_request' } })).toMatchObject({
      ref: null,
      hidden: true,
      head: null,
    });
    expect(event('workflow_run', { workflow_run: { event: 'push' } })).toMatchObject({ ref: 'refs/heads/main', hidden: false });
  });

  it.each(['', 'no JSON', '[1'])('that cannot be read is an error: %j', (text) => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, text);
    expect(() => readEvent({ GITHUB_EVENT_PATH: path })).toThrow('the payload of the event cannot be read (no JSON)');
    expect(() => readEvent({ GITHUB_EVENT_PATH: join(folder, 'none') })).toThrow('(ENOENT)');
    expect(() => readEvent({})).toThrow('`GITHUB_EVENT_PATH` is not set');
  });
});

describe('judging', () => {
  const asked: GateOptions[] = [];
  const base = buildReport(s.input([s.allowedQueue('q')]));
  const verdicts: Readonly<Record<string, ReportVerdict>> = {
    '1': 'allow',
    '2': 'deny',
    '3': 'needs-approval',
    '4': 'undecided',
  };
  const io = (env: Record<string, string> = {}) =>
    ({
      cwd: '/work',
      env: { INPUT_TOKEN: 'secret', GITHUB_EVENT_NAME: 'pull_request', GITHUB_REPOSITORY: 'acme/shop', ...env },
      gate: async (options: GateOptions) => {
        asked.push(options);
        const verdict = verdicts[options.env?.GITHUB_ACTOR_ID ?? ''] ?? 'allow';
        return { reports: [{ ...base, verdict, exit: exitOf(verdict) }], exit: exitOf(verdict) };
      },
    }) as unknown as ActionIo;
  const of = (accounts: readonly string[], over: Partial<ActionEvent> = {}): ActionEvent => ({
    ...{ pullRequest: 7, base: SHA, head: null, fromFork: false, hidden: false, ref: 'refs/pull/7/merge', warnings: [] },
    accounts,
    ...over,
  });
  const run = async (inputs: Record<string, string>, seen: ActionEvent, env: Record<string, string> = {}) => {
    asked.length = 0;
    const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
    return judge(readInputs({ INPUT_PLAN: 'plan.json', ...given }), seen, io(env));
  };

  it.each([
    [['1', '2'], 'deny'],
    [['2', '1'], 'deny'],
    [['1', '3'], 'needs-approval'],
    [['2', '3', '4'], 'undecided'],
    [['1'], 'allow'],
  ])('as each of %j: the strictest stands, %s', async (accounts, verdict) => {
    expect((await run({}, of(accounts))).verdict).toBe(verdict);
    expect(asked.map(({ env }) => env?.GITHUB_ACTOR_ID)).toEqual(accounts);
  });

  it('as whoever is named, once', async () => {
    await run({ as: 'dana' }, of(['1', '2']));
    expect(asked).toHaveLength(1);
    await run({}, of(['1', '2']), { INLANE_AS: 'dana' });
    expect(asked).toHaveLength(1);
  });

  it('hands the gate no token, and the facts of the run where the step gives none', async () => {
    await run({}, of(['1']));
    expect(asked[0]).toMatchObject({
      cwd: '/work',
      rulesFrom: SHA,
      repository: 'acme/shop',
      ref: 'refs/pull/7/merge',
      event: 'pull_request',
    });
    expect(JSON.stringify(asked[0])).not.toContain('secret');
    await run({ 'rules-from': 'origin/main', ref: 'refs/heads/x', event: 'e', repository: 'r' }, of(['1']));
    expect(asked[0]).toMatchObject({ rulesFrom: 'origin/main', ref: 'refs/heads/x', event: 'e', repository: 'r' });
    await run({ 'trust-worktree': 'true' }, of(['1']));
    expect(asked[0]).not.toHaveProperty('rulesFrom');
    await run({}, of(['1'], { ref: null, base: null }));
    expect(asked[0]).not.toHaveProperty('ref');
  });

  it('refuses where a pull request may be checked out unseen', async () => {
    await expect(run({}, of(['1'], { hidden: true }))).rejects.toMatchObject({ code: 'rules-untrusted' });
    expect(asked).toEqual([]);
    expect((await run({ 'trust-worktree': 'true' }, of(['1'], { hidden: true }))).verdict).toBe('allow');
  });
});
