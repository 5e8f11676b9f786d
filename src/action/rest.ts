import { InlaneError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { TOOL } from '../report/tool.ts';
import type { ActionIo } from './io.ts';

/** A comment on a pull request, as far as we read it. */
export interface IssueComment {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number; readonly isBot: boolean } | null;
}

const PAGE = 100;
/** Milliseconds. */
const PATIENCE = 15_000;
const TRIES = 3;

/**
 * The few requests to GitHub's REST API that a comment takes (docs.github.com/rest/issues/comments). Every failure is an InlaneError
 * with code `io`, whose message has no part of the token.
 */
export class Rest {
  readonly #io: Pick<ActionIo, 'fetch' | 'wait'>;
  readonly #api: string;
  readonly #token: string;
  readonly #repository: string;

  constructor(io: ActionIo, token: string) {
    this.#io = io;
    this.#token = token;
    this.#api = (io.env.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, '');
    this.#repository = (io.env.GITHUB_REPOSITORY ?? '').split('/').map(encodeURIComponent).join('/');
  }

  /** Oldest first. */
  async comments(issue: number): Promise<readonly IssueComment[]> {
    const all: IssueComment[] = [];
    for (let page = 1; ; page += 1) {
      const found = await this.#request(
        'GET',
        `/repos/${this.#repository}/issues/${issue}/comments?per_page=${PAGE}&page=${page}`,
      );
      if (!Array.isArray(found)) throw unexpected('the list of comments');
      all.push(...found.map(commentOf));
      if (found.length < PAGE) return all;
    }
  }

  async create(issue: number, body: string): Promise<IssueComment> {
    return commentOf(await this.#request('POST', `/repos/${this.#repository}/issues/${issue}/comments`, { body }));
  }

  async update(id: number, body: string): Promise<void> {
    await this.#request('PATCH', `/repos/${this.#repository}/issues/comments/${id}`, { body });
  }

  /** One that is gone already is no failure. */
  async remove(id: number): Promise<void> {
    await this.#request('DELETE', `/repos/${this.#repository}/issues/comments/${id}`, undefined, [404]);
  }

  /** Id of the account that the token belongs to; null for a token of an app, which is no user. */
  async self(): Promise<number | null> {
    const user = await this.#request('GET', '/user', undefined, [401, 403, 404]);
    const { id } = (user ?? {}) as { id?: unknown };
    return typeof id === 'number' ? id : null;
  }

  /** The answer's JSON, or null where its status is one of `expected` or it has none. */
  async #request(method: string, path: string, body?: object, expected: readonly number[] = []): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send(method, path, body);
      if (answer instanceof Response) {
        if (expected.includes(answer.status)) return null;
        if (answer.ok) return answer.status === 204 ? null : answer.json().catch(() => Promise.reject(unexpected('an answer')));
        if (attempt === TRIES || !(answer.status >= 500 || answer.status === 429)) throw await refused(method, path, answer);
      } else if (attempt === TRIES) throw answer;
      await this.#io.wait(1000 * attempt);
    }
  }

  async #send(method: string, path: string, body: object | undefined): Promise<Response | InlaneError> {
    try {
      return await this.#io.fetch(`${this.#api}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${this.#token}`,
          'user-agent': `${TOOL.name}/${TOOL.version}`,
          'x-github-api-version': '2022-11-28',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
      const why = typeof code === 'string' && /^[A-Z_0-9]{1,40}$/.test(code) ? code : 'no answer';
      return new InlaneError('io', `GitHub cannot be reached (${why})`, 'see whether the runner may talk to `GITHUB_API_URL`');
    }
  }
}

async function refused(method: string, path: string, answer: Response): Promise<InlaneError> {
  const { message } = ((await answer.json().catch(() => null)) ?? {}) as { message?: unknown };
  const told = typeof message === 'string' ? `: ${escapeText(message)}` : '';
  const what = path.replace(/\?.*$/, '');
  const denied = answer.status === 401 || answer.status === 403 || answer.status === 404;
  return new InlaneError(
    'io',
    `GitHub answers ${answer.status} to ${method} ${escapeText(what)}${told}`,
    denied ? 'give the job `permissions: {pull-requests: write}`; a fork never has it' : 'the job can be run again',
  );
}

function unexpected(what: string): InlaneError {
  return new InlaneError('io', `GitHub sent something else than ${what}`, 'see where `GITHUB_API_URL` leads');
}

function commentOf(json: unknown): IssueComment {
  const { id, body, user } = (json ?? {}) as { id?: unknown; body?: unknown; user?: { id?: unknown; type?: unknown } | null };
  if (typeof id !== 'number') throw unexpected('a comment');
  return {
    id,
    body: typeof body === 'string' ? body : '',
    author: typeof user?.id === 'number' ? { id: user.id, isBot: user.type === 'Bot' } : null,
  };
}
