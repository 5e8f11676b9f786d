import { expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { pullRequestSign, requireTrustedRules } from '../../src/lanes/trust.ts';

// Names and values from the CI hosts' documentation of predefined variables.
const REQUESTS: readonly Record<string, string>[] = [
  { GITHUB_EVENT_NAME: 'pull_request', GITHUB_HEAD_REF: 'topic', GITHUB_REF: 'refs/pull/7/merge' },
  { GITHUB_EVENT_NAME: 'pull_request_target' },
  { GITHUB_EVENT_NAME: 'pull_request_review' },
  { GITHUB_EVENT_NAME: 'merge_group' },
  { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_REF: 'refs/pull/7/head' },
  { GITHUB_HEAD_REF: 'topic' },
  { CI_MERGE_REQUEST_IID: '3' },
  { CI_PIPELINE_SOURCE: 'merge_request_event' },
  { CI_OPEN_MERGE_REQUESTS: 'group/project!3' },
  { BITBUCKET_PR_ID: '5' },
  { SYSTEM_PULLREQUEST_PULLREQUESTID: '9' },
  { BUILD_REASON: 'PullRequest' },
  { BUILDKITE_PULL_REQUEST: '12' },
  { CIRCLE_PULL_REQUEST: 'https://example.com/pull/4' },
  { CHANGE_ID: '8' },
  { TRAVIS_PULL_REQUEST: '6' },
  { DRONE_PULL_REQUEST: '2' },
];
const OTHERS: readonly Record<string, string>[] = [
  {},
  { GITHUB_EVENT_NAME: 'push', GITHUB_HEAD_REF: '', GITHUB_REF: 'refs/heads/main' },
  { GITHUB_EVENT_NAME: 'schedule' },
  { CI_PIPELINE_SOURCE: 'push' },
  { BUILD_REASON: 'IndividualCI', SYSTEM_PULLREQUEST_PULLREQUESTID: '$(System.PullRequest.PullRequestId)' },
  { BUILDKITE_PULL_REQUEST: 'false' },
  { TRAVIS_PULL_REQUEST: 'false' },
];

test.each(REQUESTS)('a pull request: %o', (env) => {
  expect(pullRequestSign(env)).not.toBeNull();
  const given = { rulesFrom: undefined, trustWorktree: false };
  try {
    requireTrustedRules(env, given);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(InlaneError);
    expect((error as InlaneError).code).toBe('rules-untrusted');
    expect((error as InlaneError).hint).toMatch(/--rules-from.*--trust-worktree/);
  }
  expect(() => requireTrustedRules(env, { rulesFrom: '', trustWorktree: false })).toThrow();
  requireTrustedRules(env, { rulesFrom: 'origin/main', trustWorktree: false });
  requireTrustedRules(env, { rulesFrom: undefined, trustWorktree: true });
});

test.each(OTHERS)('no pull request: %o', (env) => {
  expect(pullRequestSign(env)).toBeNull();
  requireTrustedRules(env, { rulesFrom: undefined, trustWorktree: false });
});
