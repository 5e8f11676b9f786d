import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commandOf, programOf } from '../src/cli/commands.ts';
import type { CliIo } from '../src/cli/io.ts';
import { REPAIR_FORMATS } from '../src/report/repair/formats.ts';
import { SCAN_FORMATS } from '../src/report/scan/formats.ts';
import { SHARDS_FORMATS } from '../src/report/shards/formats.ts';
import { SCAN_VERDICTS } from '../src/tags/drift.ts';
import { root } from './stories.ts';

const page = readFileSync(join(root, 'docs/tags.md'), 'utf8');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const night = readme.slice(readme.indexOf('## Every night'), readme.indexOf('## What is what'));
const workflows = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text]) => parse(text as string) as Record<string, unknown>,
);

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  scan: [...SCAN_FORMATS.keys(), 'shard'],
  merge: [...SCAN_FORMATS.keys()],
  shards: [...SHARDS_FORMATS.keys()],
  repair: [...REPAIR_FORMATS.keys()],
};

/** Command lines of inlane in a text, as far as they are inlane's; quotes are taken off. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/^\s*(?:- (?:run: )?)?(?:npx )?inlane (tags .*)$/gm)].map(([, line]) =>
    [...(line as string).replace(/ (?:#|\|\||>>).*$/, '').matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
      word.replace(/["']/g, ''),
    ),
  );
}

describe.each([
  ['docs/tags.md', page, 12],
  ['README', night, 3],
] as const)('every command line of %s', (_, text, least) => {
  const commands = commandsIn(text);

  it('is seen', () => {
    expect(commands.length).toBeGreaterThanOrEqual(least);
  });

  it.each(commands.map((words) => [words.join(' '), words] as const))('inlane %s', async (_line, words) => {
    const program = await programOf('tags', {} as CliIo, () => {});
    const { command, path } = commandOf(program, words);
    const name = command.name();
    expect(Object.keys(FORMATS)).toContain(name);
    const { operands, unknown } = command.parseOptions(words.slice(path.trim().split(' ').length));
    expect(unknown).toEqual([]);
    expect(operands.length).toBeGreaterThan(0);
    for (const format of (command.opts().format ?? []) as string[]) expect(FORMATS[name]).toContain(format.split('=')[0]);
  });
});

describe('docs/tags.md', () => {
  it('shows a GitHub workflow whose actions are pinned by commit', () => {
    const [github] = workflows as [{ jobs: Record<string, { needs?: unknown; strategy?: object; steps: { uses?: string }[] }> }];
    expect(Object.keys(github.jobs)).toEqual(['plan', 'scan', 'merge']);
    expect(github.jobs.scan?.strategy).toMatchObject({
      'fail-fast': false,
      matrix: expect.stringContaining('fromJSON(needs.plan.outputs.matrix)'),
    });
    const uses = Object.values(github.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(uses.length).toBeGreaterThan(8);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('shows a GitLab pipeline and its child, which extends the matrix', () => {
    const [, parent, child] = workflows as [
      unknown,
      Record<string, { stage: string }>,
      Record<string, { extends?: string; stage: string }>,
    ];
    expect(parent.tags).toMatchObject({
      trigger: { include: [{ artifact: 'shards.yml', job: 'plan' }, { local: 'ci/tags.yml' }] },
    });
    expect(child.scan?.extends).toBe('.inlane-shards');
    for (const [name, pipeline] of [
      ['plan', parent],
      ['merge', child],
    ] as const)
      expect(pipeline.stages).toContain(pipeline[name]?.stage);
  });

  it('says what every verdict means, and no other', () => {
    const table = page.slice(page.indexOf('| verdict |'), page.indexOf('`--unmanaged` lists'));
    const rows = [...table.matchAll(/^\| ([a-z-]+) \|/gm)].map(([, name]) => name).filter((name) => name !== 'verdict');
    expect(rows).toEqual([...SCAN_VERDICTS]);
  });

  it('links to files that are there, and in the package', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, to]) => join('docs', to as string));
    expect(links.length).toBe(6);
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
    expect(files).toContain(dirname('docs/tags.md'));
    expect(readme).toContain('(docs/tags.md)');
  });
});
