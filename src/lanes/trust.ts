import { InlaneError } from '../errors.ts';
import type { Environment } from './principal.ts';

/** Environment variables by which CI hosts show a pull or merge request; the value says whether it is one. */
const SIGNS: readonly (readonly [variable: string, shows: (value: string) => boolean])[] = [
  ['GITHUB_EVENT_NAME', (v) => v.startsWith('pull_request') || v === 'merge_group'],
  ['GITHUB_HEAD_REF', isSet],
  ['GITHUB_REF', (v) => v.startsWith('refs/pull/')],
  ['CI_MERGE_REQUEST_IID', isSet], // GitLab
  ['CI_MERGE_REQUEST_ID', isSet],
  ['CI_PIPELINE_SOURCE', (v) => v === 'merge_request_event' || v === 'external_pull_request_event'],
  ['CI_OPEN_MERGE_REQUESTS', isSet], // GitLab: a branch pipeline whose branch has a merge request
  ['CI_EXTERNAL_PULL_REQUEST_IID', isSet],
  ['BITBUCKET_PR_ID', isSet],
  ['BUILD_REASON', (v) => v === 'PullRequest'], // Azure
  ['BUILDKITE_PULL_REQUEST', isSet],
  ['CIRCLE_PULL_REQUEST', isSet],
  ['CIRCLE_PULL_REQUESTS', isSet],
  ['CIRCLE_PR_NUMBER', isSet],
  ['CHANGE_ID', isSet], // Jenkins multibranch
  ['ghprbPullId', isSet], // Jenkins pull request builder
  ['TRAVIS_PULL_REQUEST', isSet],
  ['DRONE_PULL_REQUEST', isSet],
  ['CI_COMMIT_PULL_REQUEST', isSet], // Woodpecker
  ['APPVEYOR_PULL_REQUEST_NUMBER', isSet],
  ['SEMAPHORE_GIT_PR_NUMBER', isSet],
  ['CIRRUS_PR', isSet],
  ['BITRISE_PULL_REQUEST', isSet],
  ['CF_PULL_REQUEST_NUMBER', isSet], // Codefresh
  ['CODEBUILD_WEBHOOK_EVENT', (v) => v.startsWith('PULL_REQUEST')],
  ['PULL_NUM', isSet], // Atlantis
  ['PULL_NUMBER', isSet], // Prow
];

/** Azure sets several variables of this prefix, and leaves unresolved `$(...)` texts elsewhere. */
const AZURE = 'SYSTEM_PULLREQUEST_';

function isSet(value: string): boolean {
  return value !== '' && value !== 'false' && !value.startsWith('$(');
}

/** The variable that shows a pull or merge request, or null. */
export function pullRequestSign(env: Environment): string | null {
  for (const [variable, shows] of SIGNS) {
    const value = env[variable];
    if (value !== undefined && shows(value)) return variable;
  }
  const azure = Object.keys(env).filter((name) => name.toUpperCase().startsWith(AZURE) && isSet(env[name] ?? ''));
  return azure.sort()[0] ?? null;
}

/**
 * A pull request may rewrite the rules that it is judged by, so there the rules' origin must be said. Throws
 * `rules-untrusted` naming both options.
 */
export function requireTrustedRules(
  env: Environment,
  given: { readonly rulesFrom: string | undefined; readonly trustWorktree: boolean },
): void {
  if (given.trustWorktree || (given.rulesFrom !== undefined && given.rulesFrom !== '')) return;
  const sign = pullRequestSign(env);
  if (sign === null) return;
  throw new InlaneError(
    'rules-untrusted',
    `\`${sign}\` shows a pull request, whose working tree may rewrite the rules that it is judged by`,
    'read them from a trusted commit with --rules-from GITREF, or say --trust-worktree',
  );
}
