import { readFileSync } from 'node:fs';
import { InlaneError } from '../errors.ts';
import type { ActionIo } from './io.ts';

/** What started the run, as far as the gate cares. */
export interface ActionEvent {
  /** The pull request to comment on. */
  readonly pullRequest: number | null;
  /** Full id of the commit whose rules count: what a pull request or a merge group is to be merged into. */
  readonly base: string | null;
  /** The commit that is judged. */
  readonly head: string | null;
  readonly fromFork: boolean;
  /** The code may be a pull request's although no variable of the runner shows it: where rules come from must be said. */
  readonly hidden: boolean;
  /** Branch, tag or pull request that the plan is taken to be made from; null where the runner's `GITHUB_REF` does not say. */
  readonly ref: string | null;
  /** Numeric ids, as text, of every account that stands behind the run: who started it, and whose pull request it is. */
  readonly accounts: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the payload that the runner stores. Throws `io`: without it nobody knows whose change this is. */
export function readEvent(env: ActionIo['env']): ActionEvent {
  const name = env.GITHUB_EVENT_NAME ?? '';
  const payload = readPayload(env.GITHUB_EVENT_PATH);
  const pull = name === 'pull_request' || name === 'pull_request_target' || name.startsWith('pull_request_review');
  const target = name === 'pull_request_target';
  const issue = name === 'issue_comment' && at(payload, 'issue', 'pull_request') !== undefined;
  const after = name === 'workflow_run' && String(at(payload, 'workflow_run', 'event') ?? '').startsWith('pull_request');
  const number = pull ? at(payload, 'pull_request', 'number') : issue ? at(payload, 'issue', 'number') : undefined;
  const pullRequest = Number.isSafeInteger(number) ? (number as number) : null;
  const hidden = issue || after;
  return {
    pullRequest,
    base: commit(pull ? at(payload, 'pull_request', 'base', 'sha') : at(payload, 'merge_group', 'base_sha')),
    head: commit(
      pull
        ? at(payload, 'pull_request', 'head', 'sha')
        : (at(payload, 'merge_group', 'head_sha') ?? (hidden ? null : env.GITHUB_SHA)),
    ),
    fromFork: pull && at(payload, 'pull_request', 'head', 'repo', 'id') !== at(payload, 'pull_request', 'base', 'repo', 'id'),
    hidden,
    // There the runner says the base branch, which the plan is not made from.
    ref: hidden ? null : target ? (pullRequest === null ? null : `refs/pull/${pullRequest}/merge`) : env.GITHUB_REF || null,
    accounts: accountsOf(payload, pull || issue, env),
    warnings: [
      ...(target || hidden
        ? [
            `\`${name}\` runs with this repository's secrets and a token that may write: a plan of the pull request's own code must not be made in this job, for planning runs that code. Make it under \`pull_request\`, without secrets, and pass it on as an artifact`,
          ]
        : []),
      ...(env.GITHUB_TRIGGERING_ACTOR && env.GITHUB_ACTOR && env.GITHUB_TRIGGERING_ACTOR !== env.GITHUB_ACTOR
        ? ['somebody else has started this run again; it is judged as who started it first, whose numeric id the runner tells']
        : []),
    ],
  };
}

/** Names can be taken over, ids cannot. */
function accountsOf(payload: unknown, pull: boolean, env: ActionIo['env']): readonly string[] {
  const ids = [
    at(payload, 'sender', 'id'),
    env.GITHUB_ACTOR_ID,
    ...(pull ? [at(payload, 'pull_request', 'user', 'id'), at(payload, 'issue', 'user', 'id')] : []),
  ];
  return [...new Set(ids.map((id) => String(id ?? '')).filter((id) => /^\d{1,20}$/.test(id)))];
}

function readPayload(path: string | undefined): unknown {
  const hint = 'run this as a step of a workflow';
  if (!path) throw new InlaneError('io', '`GITHUB_EVENT_PATH` is not set', hint);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no JSON';
    throw new InlaneError('io', `the payload of the event cannot be read (${code})`, hint);
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let inner = value;
  for (const key of keys) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<string, unknown>)[key];
  }
  return inner;
}

function commit(id: unknown): string | null {
  return typeof id === 'string' && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id) ? id : null;
}
