import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLanes } from '../../src/analyse.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { exitOf, REPORT_VERDICTS } from '../../src/report/report.ts';
import { root } from '../stories.ts';

const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');
const blocks = [...page('language.md').matchAll(/## (.*)\n[\s\S]*?```yaml\n([\s\S]*?)```/g)].map(
  ([, title, text]) => [title, text] as const,
);

describe('docs/language.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inlane-docs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has a block below every heading', () => {
    expect(blocks.length).toBe(page('language.md').match(/^## /gm)?.length);
    expect(blocks.length).toBeGreaterThanOrEqual(4);
  });

  it.each(blocks)('%s: passes its check, and every rule is tested', async (_, text) => {
    writeFileSync(join(folder, 'inlane.yaml'), text as string);
    const report = await checkLanes({ lanes: ['inlane.yaml'], cwd: folder, env: {}, strict: false });
    expect(report.outcome).toBe('passed');
    expect(report.tests.length).toBeGreaterThanOrEqual(2);
    expect(report.lint.filter(({ code }) => code === 'untested')).toEqual([]);
    for (const { outcome } of report.never) expect(outcome).toBe('proved');
  });
});

describe('docs/troubleshooting.md', () => {
  it('has a line for every error code, and for no other', () => {
    const codes = [
      ...(page('troubleshooting.md')
        .split('A denial is no error')[0]
        ?.matchAll(/^\| `([a-z-]+)` \|/gm) ?? []),
    ].map(([, code]) => code);
    expect(codes).toEqual([...ERROR_CODES]);
  });
});

it('the picture of docs/concepts.md ends in every verdict, with its exit code', () => {
  const [, picture = ''] = /```mermaid\n([\s\S]*?)```/.exec(page('concepts.md')) ?? [];
  const ends = [...picture.matchAll(/^ {2}decide -.*> \w+\["([a-z-]+): exit (\d)"\]$/gm)].map(([, verdict, exit]) => [
    verdict,
    Number(exit),
  ]);
  expect(ends.sort()).toEqual(REPORT_VERDICTS.map((verdict) => [verdict, exitOf(verdict)]).sort());
});

it('pages lead only to what is there', () => {
  for (const name of ['concepts.md', 'language.md', 'troubleshooting.md', 'tags.md']) {
    for (const [, target] of page(name).matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(() => readFileSync(join(root, 'docs', target as string)), `${name}: ${target}`).not.toThrow(/ENOENT/);
  }
});
