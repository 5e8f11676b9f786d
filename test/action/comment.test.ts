import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { COMMENT, commentOf, MARKER, mergeSections, readComment, type Section } from '../../src/action/comment.ts';
import type { ActionIo } from '../../src/action/io.ts';
import { Rest } from '../../src/action/rest.ts';
import { type Part, putSection } from '../../src/action/sticky.ts';
import { ACTIONS_BOT, type Author, startGitHub } from '../standins/github/stand-in.ts';

const TOKEN = 'ghs_notARealToken';
const STRANGER: Author = { id: 7, login: 'stranger', type: 'User' };

type GitHub = Awaited<ReturnType<typeof startGitHub>>;
let github: GitHub;
afterEach(async () => {
  expect(github.faults).toEqual([]);
  await github.close();
});

/** Waits a hundredth of what is asked for, so that jobs still overlap. */
const io = (): ActionIo => ({
  env: { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/shop' },
  cwd: '/',
  log: () => {},
  gate: () => Promise.reject(new Error('not asked for')),
  fetch,
  wait: (time) => new Promise((done) => setTimeout(done, time / 100)),
  random: Math.random,
});
const part = (key: string, over: Partial<Part> = {}): Part => ({
  key,
  verdict: 'allow',
  run: 1,
  attempt: 1,
  write: () => `## ALLOW: ${key}\n\nall of it`,
  ...over,
});
const put = (one: Part) => putSection(one, 42, new Rest(io(), TOKEN), io());
const parts = () => github.comments.filter(({ body }) => body.startsWith(MARKER)).map(({ body }) => readComment(body));

describe('the one comment', () => {
  it('is written once and then updated in place', async () => {
    github = await startGitHub(TOKEN);
    expect(await put(part('prod'))).toBe('put');
    expect(await put(part('prod', { run: 2, verdict: 'deny' }))).toBe('put');
    expect(parts().map((all) => all.map(({ key, run, verdict }) => [key, run, verdict]))).toEqual([[['prod', 2, 'deny']]]);
    expect(github.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('is left to a newer run, and to a newer attempt', async () => {
    github = await startGitHub(TOKEN);
    await put(part('prod', { run: 5, attempt: 2 }));
    expect(await put(part('prod', { run: 4, attempt: 3 }))).toBe('older');
    expect(await put(part('prod', { run: 5, attempt: 1 }))).toBe('older');
    expect(parts()[0]?.map(({ run, attempt }) => [run, attempt])).toEqual([[5, 2]]);
    // Another stack of an older run has a part all the same.
    expect(await put(part('dev', { run: 4 }))).toBe('put');
    expect(parts()[0]?.map(({ key }) => key)).toEqual(['dev', 'prod']);
  });

  it('is no comment of anybody else that looks like it', async () => {
    github = await startGitHub(TOKEN);
    const forged = commentOf([{ key: 'prod', verdict: 'allow', run: 999, attempt: 1, body: 'all is well' }]) as string;
    github.add(forged, STRANGER);
    github.add(`x ${forged}`, ACTIONS_BOT);
    expect(await put(part('prod', { verdict: 'deny' }))).toBe('put');
    expect(github.comments.map(({ author }) => author.login)).toEqual(['stranger', 'github-actions[bot]', 'github-actions[bot]']);
    expect(github.comments[0]?.body).toBe(forged);
    expect(readComment(github.comments[2]?.body ?? '').map(({ verdict }) => verdict)).toEqual(['deny']);
  });

  it("is a person's own where the token is a person's", async () => {
    const person: Author = { id: 8, login: 'dana', type: 'User' };
    github = await startGitHub(TOKEN, { writer: person });
    github.add(commentOf([{ key: 'x', verdict: 'allow', run: 1, attempt: 1, body: 'x' }]) as string, ACTIONS_BOT);
    await put(part('prod'));
    await put(part('prod', { run: 2 }));
    expect(github.comments.map(({ author }) => author.id)).toEqual([ACTIONS_BOT.id, 8]);
  });

  it('is found beyond the first page', async () => {
    github = await startGitHub(TOKEN);
    for (let n = 0; n < 230; n += 1) github.add('hello', STRANGER);
    await put(part('prod'));
    await put(part('prod', { run: 2 }));
    expect(github.comments).toHaveLength(231);
  });
});

describe('a matrix', () => {
  it('of jobs that start at once ends in one comment with a part of each', async () => {
    github = await startGitHub(TOKEN, { between: () => new Promise((done) => setTimeout(done, 4 * Math.random())) });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(await Promise.all(keys.map((key) => put(part(key, key === 'e' ? { verdict: 'deny' } : {}))))).toEqual(
      keys.map(() => 'put'),
    );
    expect(parts().map((all) => all.map(({ key }) => key))).toEqual([keys]);
    expect(github.comments[0]?.body).toContain('\n# DENY: 8 stacks, 1 deny, 7 allow\n');
  });

  it('writes anew what another job wrote over between its reading and its writing', async () => {
    let trouble = 2;
    const other = commentOf([{ key: 'b', verdict: 'allow', run: 1, attempt: 1, body: 'b' }]) as string;
    github = await startGitHub(TOKEN, {
      between: (method, comments) => {
        // Just after our write the other one lands, made of what was there before.
        if (method === 'GET' || trouble === 0) return;
        trouble -= 1;
        if (comments[0]) comments[0].body = other;
      },
    });
    expect(await put(part('a'))).toBe('put');
    expect(parts().map((all) => all.map(({ key }) => key))).toEqual([['a', 'b']]);
    expect(trouble).toBe(0);
  });

  it('gives up, and says so, when it is written over for ever', async () => {
    github = await startGitHub(TOKEN, {
      between: (method, comments) => {
        if (method !== 'GET' && comments[0]) comments[0].body = MARKER;
      },
    });
    await expect(put(part('a'))).rejects.toMatchObject({ code: 'io', message: 'other jobs wrote over the comment 12 times' });
  });
});

describe('what goes wrong', () => {
  it('is tried again where that may help', async () => {
    github = await startGitHub(TOKEN, { fail: (_, nth) => (nth === 1 ? 502 : nth === 3 ? 429 : undefined) });
    expect(await put(part('prod'))).toBe('put');
    expect(parts()).toHaveLength(1);
  });

  it.each([401, 403, 404, 410, 500])('is told: %i', async (status) => {
    github = await startGitHub(TOKEN, { fail: () => status });
    const error = await put(part('prod')).catch((reason) => reason);
    expect(error).toMatchObject({
      code: 'io',
      message: `GitHub answers ${status} to GET /repos/acme/shop/issues/42/comments: forced ${status}`,
    });
    expect(github.requests).toHaveLength(status === 500 ? 3 : 1);
  });
});

describe('the text of the comment', () => {
  const section = (over: Partial<Section> = {}): Section => ({
    key: 'k',
    verdict: 'deny',
    run: 1,
    attempt: 1,
    body: 'b',
    ...over,
  });

  it('is read back as it was written, whatever stands in it', async () => {
    github = await startGitHub(TOKEN);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<!-- inlane:end -->',
        `\n<!-- inlane:end -->\n${MARKER}\n`,
        '\n<!-- inlane:end -->\n<!-- inlane:section eA allow 9 9 -->\nx',
      ),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 5 }), (pairs) => {
        const made = mergeSections(pairs.map(([key, body]) => section({ key, body })));
        const found = readComment(commentOf(made) as string);
        expect(found.map(({ key, verdict, run }) => [key, verdict, run])).toEqual(made.map(({ key }) => [key, 'deny', 1]));
      }),
    );
  });

  it('has room for every verdict: long parts lose all but their heading, the longest first', async () => {
    github = await startGitHub(TOKEN);
    const long = (key: string, size: number) => section({ key, body: `**${key}**\n\n## DENY: ${key}\n\n${'x '.repeat(size)}` });
    const few = commentOf([long('a', 40_000), long('b', 500)]) as string;
    expect(Buffer.byteLength(few)).toBeLessThanOrEqual(COMMENT);
    expect(few).toContain('## DENY: a\n\nThe rest has no room here');
    expect(few).toContain('x x x x');
    const many = commentOf(Array.from({ length: 200 }, (_, n) => long(`s${n}`, 3000))) as string;
    expect(Buffer.byteLength(many)).toBeLessThanOrEqual(COMMENT);
    expect(many.match(/^## DENY: s\d+$/gm)).toHaveLength(200);
    expect(commentOf(Array.from({ length: 2000 }, (_, n) => long(`s${n}`, 10)))).toBeNull();
  });

  it('asks a report for no more than its share', async () => {
    github = await startGitHub(TOKEN);
    const limits: number[] = [];
    const write = (limit: number) => {
      limits.push(limit);
      return `## DENY: x\n\n${'x'.repeat(limit - 20)}`;
    };
    await put(part('a', { write }));
    await put(part('b', { write }));
    await put(part('c', { write }));
    expect(limits.every((limit) => limit > 15_000)).toBe(true);
    expect(parts()[0]?.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(Buffer.byteLength(github.comments[0]?.body ?? '')).toBeLessThanOrEqual(COMMENT);
  });
});
