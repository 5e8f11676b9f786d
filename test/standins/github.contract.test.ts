import { expect, it } from 'vitest';
import { answerFaults, DESCRIPTION, type Match, matchRequest } from './github/description.ts';

const comments = 'http://x/repos/octocat/hello-world/issues/42/comments';
const match = (method: string, url: string, body = '') => matchRequest(method, new URL(url), body) as Match;
const value = (name: string) =>
  (DESCRIPTION.components as Record<string, Record<string, { value: unknown }>>).examples?.[name]?.value;

it('takes what GitHub publishes as examples, and nothing else', () => {
  expect(answerFaults(match('GET', comments), 200, value('issue-comment-items'))).toEqual([]);
  expect(answerFaults(match('POST', comments, '{"body": "Me too"}'), 201, value('issue-comment'))).toEqual([]);
  expect(
    answerFaults(match('POST', comments, '{"body": "Me too"}'), 201, { ...(value('issue-comment') as object), id: 'x' }),
  ).not.toEqual([]);
  expect(answerFaults(match('POST', comments, '{"body": "Me too"}'), 200, value('issue-comment'))).not.toEqual([]);
  expect(
    answerFaults(match('GET', 'http://x/user'), 200, value('private-user-response-with-public-profile-information')),
  ).toEqual([]);
});

it('finds faults in requests', () => {
  expect(match('GET', `${comments}?per_page=100&page=2`).faults).toEqual([]);
  expect(match('GET', `${comments}?perpage=100`).faults).toEqual(['query perpage is not described']);
  expect(match('GET', `${comments}?page=two`).faults).toEqual(['page must be integer']);
  expect(match('POST', comments, '{"text": "x"}').faults).not.toEqual([]);
  expect(match('POST', comments, '{"body": "x", "more": 1}').faults).not.toEqual([]);
  expect(match('GET', 'http://x/repos/o/r/issues/x/comments').faults).toEqual(['issue_number must be integer']);
  expect(matchRequest('PUT', new URL(comments), '')).toBeNull();
  expect(matchRequest('GET', new URL('http://x/repos/o/r/pulls/1'), '')).toBeNull();
});
