import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerFaults, DESCRIPTION, type Match, matchRequest } from './description.ts';

export interface Author {
  readonly id: number;
  readonly login: string;
  readonly type: 'Bot' | 'User';
}
export interface StoredComment {
  readonly id: number;
  body: string;
  readonly author: Author;
}

export const ACTIONS_BOT: Author = { id: 41898282, login: 'github-actions[bot]', type: 'Bot' };

interface Options {
  /** Null: the token may read only, as a fork's. */
  readonly writer?: Author | null;
  /** Asked before each request; a status to answer instead. */
  readonly fail?: (method: string, nth: number) => number | undefined;
  /** Called when a request has been read and not yet answered: others may write in between. */
  readonly between?: (method: string, comments: StoredComment[]) => void | Promise<void>;
}

/**
 * Comments of one pull request, as GitHub's REST API keeps them, on loopback. Every request and every answer is held against GitHub's
 * own description; what does not fit is in `faults`.
 */
export async function startGitHub(token: string, { writer = ACTIONS_BOT, fail, between }: Options = {}) {
  const comments: StoredComment[] = [];
  const requests: string[] = [];
  const faults: string[] = [];
  let next = 1001;

  const answerTo = (method: string, match: Match, url: URL, body: string): readonly [number, unknown?] => {
    const forced = fail?.(method, requests.length);
    if (forced !== undefined) return [forced, { message: `forced ${forced}` }];
    if (match.operation.operationId === 'users/get-authenticated')
      return writer?.type === 'User' ? [200, user(writer)] : [403, { message: 'Resource not accessible by integration' }];
    if (writer === null && method !== 'GET') return [403, { message: 'Resource not accessible by integration' }];
    const stored = comments.find(({ id }) => String(id) === match.values.comment_id);
    switch (match.operation.operationId) {
      case 'issues/list-comments': {
        const size = Number(url.searchParams.get('per_page') ?? 30);
        const page = Number(url.searchParams.get('page') ?? 1);
        return [200, comments.slice((page - 1) * size, page * size).map(comment)];
      }
      case 'issues/create-comment': {
        const made: StoredComment = { id: next++, body: JSON.parse(body).body, author: writer as Author };
        if (made.body.length > 65_536)
          return [422, { message: 'Validation Failed', documentation_url: 'https://docs.github.com' }];
        comments.push(made);
        return [201, comment(made)];
      }
      case 'issues/update-comment':
        if (stored === undefined) return [404, { message: 'Not Found' }];
        stored.body = JSON.parse(body).body;
        return stored.body.length > 65_536
          ? [422, { message: 'Validation Failed', documentation_url: 'https://docs.github.com' }]
          : [200, comment(stored)];
      case 'issues/delete-comment':
        if (stored === undefined) return [404, { message: 'Not Found' }];
        comments.splice(comments.indexOf(stored), 1);
        return [204];
      default:
        return [404, { message: 'Not Found' }];
    }
  };

  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const method = request.method ?? '';
      const url = new URL(request.url ?? '', 'http://loopback');
      requests.push(`${method} ${url.pathname}`);
      const { authorization, accept, 'x-github-api-version': version, 'user-agent': agent } = request.headers;
      if (authorization !== `Bearer ${token}`) faults.push('authorization');
      if (accept !== 'application/vnd.github+json' || version !== '2022-11-28' || !agent) faults.push('headers');
      const match = matchRequest(method, url, body);
      if (match === null) faults.push(`${method} ${url.pathname} is not described`);
      else faults.push(...match.faults);
      const [status, json] = match === null ? [404, { message: 'Not Found' }] : answerTo(method, match, url, body);
      if (match !== null) faults.push(...answerFaults(match, status, json));
      await between?.(method, comments);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(json === undefined ? undefined : JSON.stringify(json));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    requests,
    faults,
    /** Somebody else's comment. */
    add: (body: string, author: Author) => comments.push({ id: next++, body, author }),
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

interface Example {
  readonly value: Record<string, unknown>;
}
const example = DESCRIPTION.components.examples as Readonly<Record<string, Example>>;

/** The published example, with what is stored in it. */
function comment({ id, body, author }: StoredComment): object {
  const { value } = example['issue-comment'] as Example;
  return { ...value, id, body, user: { ...(value.user as object), ...author } };
}

function user(author: Author): object {
  return { ...(example['private-user-response-with-public-and-private-profile-information'] as Example).value, ...author };
}
