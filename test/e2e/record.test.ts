import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { VERDICTS, type Verdict } from '../../src/decide/decision.ts';

const FIXTURES = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'fixtures');
const RECORDER = join(FIXTURES, 'record', 'record.mjs');
const run = promisify(execFile);

// One that only plans, one that applies first, then deletes, creates and reads ids of moto's making.
const STORIES = ['aws-sentence-1-dev-create', 'aws-module-two-environments'];

const { missing } = JSON.parse((await run(process.execPath, [RECORDER, '--tools'])).stdout) as { missing: string[] };
const required = process.env.INLANE_E2E === 'required';

interface Row {
  address: string;
  deposed?: string;
  previous_address?: string;
  action_reason?: string;
  change: { actions: string[]; replace_paths?: unknown; after_unknown: unknown };
}

function plan(folder: string, story: string): { text: string; version: string; rows: Row[] } {
  const text = readFileSync(join(folder, story, 'plan.json'), 'utf8');
  const parsed = JSON.parse(text) as { terraform_version: string; resource_changes: Row[] };
  return { text, version: parsed.terraform_version, rows: parsed.resource_changes };
}

function outline(rows: readonly Row[]): unknown[] {
  return rows.map(({ address, deposed, previous_address, action_reason, change }) => ({
    address,
    deposed,
    previous_address,
    action_reason,
    actions: change.actions,
    replace_paths: change.replace_paths,
    unknown: change.after_unknown,
  }));
}

if (missing.length > 0 && required) {
  test('the tools to record plans with are here', () => {
    expect(missing).toEqual([]);
  });
}

describe.skipIf(missing.length > 0)(
  `recording again gives the committed plans (needs terraform, moto_server, INLANE_PLUGIN_DIR)`,
  () => {
    let out = '';

    beforeAll(async () => {
      out = mkdtempSync(join(tmpdir(), 'inlane-e2e-'));
      await run(process.execPath, [RECORDER, ...STORIES, '--out', out, '--jobs', '2'], { timeout: 240_000 });
    }, 250_000);

    afterAll(() => {
      if (out !== '') rmSync(out, { recursive: true, force: true });
    });

    test.each(STORIES)('%s', (story) => {
      const now = plan(out, story);
      const committed = plan(join(FIXTURES, 'stories'), story);
      expect(committed.rows.length).toBeGreaterThan(0);
      expect(outline(now.rows)).toEqual(outline(committed.rows));
      // Another Terraform may add keys of its own; the same one must print the same bytes.
      if (now.version === committed.version) expect(now.text).toBe(committed.text);
    });

    test.each(STORIES)('the README of %s is the recorded one', (story) => {
      const readme = (folder: string) =>
        readFileSync(join(folder, story, 'README.md'), 'utf8').replaceAll(/Terraform \d+\.\d+\.\d+\S*,/g, '');
      expect(readme(out)).toBe(readme(join(FIXTURES, 'stories')));
    });
  },
);

interface Recorder {
  storyNames(): string[];
  readStory(name: string): { after: Map<string, string> };
}

interface Case {
  as: string;
  options: Record<string, string>;
  verdict: Verdict;
  rows: Record<string, Verdict>;
  reasons?: Record<string, string[]>;
  plan?: string[];
  why: string;
}

// Looked up at run time: the recorder is plain JavaScript without declarations.
const recorder = (await import(pathToFileURL(join(FIXTURES, 'record', 'stories.mjs')).href)) as Recorder;

describe('the recorded stories', () => {
  const names = recorder.storyNames();

  test('are many', () => {
    expect(names.length).toBeGreaterThan(40);
  });

  test.each(names)('%s was recorded from the configuration that stands in fixtures/record', (name) => {
    const folder = join(FIXTURES, 'stories', name);
    for (const [file, text] of recorder.readStory(name).after) expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
    const kept = readdirSync(folder).filter((file) => file.endsWith('.tf'));
    expect(kept.filter((file) => !recorder.readStory(name).after.has(file))).toEqual([]);
  });

  test.each(names)('%s names nothing of the machine it was recorded on', (name) => {
    const { text } = plan(join(FIXTURES, 'stories'), name);
    expect(text).not.toMatch(/127\.0\.0\.1|localhost|inlane-record-/);
  });

  test.each(names)('the expectations of %s name its rows, and the worst of them is the verdict', (name) => {
    const { rows } = plan(join(FIXTURES, 'stories'), name);
    const known = rows.map((row) => (row.deposed === undefined ? row.address : `${row.address} (deposed ${row.deposed})`));
    const { cases } = parse(readFileSync(join(FIXTURES, 'stories', name, 'expected.yaml'), 'utf8')) as { cases: Case[] };
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases) {
      expect(known).toEqual(expect.arrayContaining([...Object.keys(one.rows), ...Object.keys(one.reasons ?? {})]));
      const worst = Math.max(0, ...Object.values(one.rows).map((verdict) => VERDICTS.indexOf(verdict)));
      expect(VERDICTS).toEqual(expect.arrayContaining([one.verdict, ...Object.values(one.rows)]));
      expect(one.verdict).toBe(one.plan === undefined ? VERDICTS[worst] : 'deny');
      expect(one.why).toMatch(/\S/);
    }
  });
});
