import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aws } from '../providers/aws/provider.ts';
import type { Provider } from '../providers/provider.ts';
import { main } from '../src/cli/main.ts';
import type { ReasonKind } from '../src/decide/decision.ts';
import { ERROR_CODES } from '../src/errors.ts';
import { gate } from '../src/gate.ts';
import { OPERATIONS } from '../src/logic/fact.ts';
import { REPORT_VERDICTS, type Report, type ReportSet } from '../src/report/report.ts';
import { root } from './stories.ts';

const folder = join(root, 'fixtures/golden');

/** `case.json`. Paths are relative to the root of the project; the exit code is written by hand, the expected.* files are not. */
interface Case {
  readonly about: string;
  readonly exit: number;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What `-` reads: a module of the folder whose default export is the text; `throws` = reading fails by a defect. */
  readonly stdin?: string;
  /** `provider`: what is known of AWS throws when it is asked which attributes mirror others. */
  readonly fault?: 'provider';
  /** Keep the JSON report too. */
  readonly json?: true;
}

interface Output {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const names = readdirSync(folder).sort();
const cases = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) as Case]));
/** `npm run golden` sets it; a pipeline never rewrites what it checks. */
const writes = process.env.INLANE_GOLDEN === 'write' && !process.env.CI;

async function stdinOf(name: string, { stdin }: Case): Promise<() => Uint8Array> {
  if (stdin === undefined) return () => new Uint8Array();
  if (stdin === 'throws') {
    return () => {
      throw new TypeError('swordfish is no function');
    };
  }
  const text = ((await import(/* @vite-ignore */ pathToFileURL(join(folder, name, stdin)).href)) as { default: string }).default;
  return () => Buffer.from(text);
}

/** Runs the command line programme in this process. */
async function run(name: string, golden: Case, format: 'text' | 'json'): Promise<Output> {
  const out = { stdout: '', stderr: '' };
  const sink = (stream: 'stdout' | 'stderr') => ({
    terminal: false,
    columns: null,
    write: async (text: string) => {
      out[stream] += text;
    },
  });
  const stdin = await stdinOf(name, golden);
  const restore = golden.fault === undefined ? () => {} : breakProvider(aws);
  try {
    const exit = await main([...golden.args, '--format', format], {
      env: golden.env ?? {},
      cwd: root,
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      stdin,
      loadGate: async () => gate,
    });
    return { exit, ...out };
  } finally {
    restore();
  }
}

/** A defect in code that decides a change; returns what mends it. */
function breakProvider(provider: Provider): () => void {
  const { mirrors } = provider;
  const get = () => {
    throw new RangeError('swordfish is out of range');
  };
  Object.defineProperty(provider, 'mirrors', { get, configurable: true, enumerable: true });
  return () =>
    Object.defineProperty(provider, 'mirrors', { value: mirrors, configurable: true, enumerable: true, writable: true });
}

/** Compares with a file of the case, or rewrites it; no file = nothing. */
function check(name: string, file: string, actual: string): void {
  const path = join(folder, name, file);
  if (writes && actual === '') rmSync(path, { force: true });
  else if (writes) writeFileSync(path, actual);
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : '';
  expect(actual, `${relative(root, path)}; \`npm run golden\` rewrites it`).toBe(expected);
}

/** What the cases say, gathered while they run. */
const told = {
  verdicts: new Set<string>(),
  operations: new Set<string>(),
  reasons: new Set<string>(),
  findings: new Set<string>(),
  errors: new Set<string>(),
};

function gather(report: Report | ReportSet): void {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  told.verdicts.add(report.verdict);
  for (const one of reports) {
    told.verdicts.add(one.verdict);
    for (const change of one.changes) {
      for (const operation of change.operations) told.operations.add(operation);
      for (const { because } of change.decisions) for (const { kind } of because) told.reasons.add(kind);
    }
    for (const { kind } of one.because ?? []) told.reasons.add(kind);
    for (const { code } of one.findings) told.findings.add(code);
    for (const { code, severity } of one.diagnostics) if (severity === 'error') told.errors.add(code);
  }
}

describe('golden cases', () => {
  it('run in the root of the project', () => expect(process.cwd()).toBe(root.replace(/\/$/, '')));

  for (const [name, golden] of cases) {
    it(`${name}: ${golden.about}`, async () => {
      const text = await run(name, golden, 'text');
      check(name, 'expected.txt', text.stdout);
      check(name, 'expected.stderr', text.stderr);
      expect(text.exit).toBe(golden.exit);
      const json = await run(name, golden, 'json');
      if (golden.json) check(name, 'expected.json', json.stdout);
      expect({ exit: json.exit, stderr: json.stderr }).toEqual({ exit: text.exit, stderr: text.stderr });
      gather(JSON.parse(json.stdout) as Report | ReportSet);
    });
  }

  it('hold nothing but what is expected of them', () => {
    for (const [name, golden] of cases) {
      const expected = readdirSync(join(folder, name)).filter((file) => file.startsWith('expected.'));
      const known = ['expected.stderr', 'expected.txt', ...(golden.json ? ['expected.json'] : [])];
      expect(expected.filter((file) => !known.includes(file), name)).toEqual([]);
      expect(expected, name).toContain('expected.txt');
    }
  });

  it('hold no path of the machine that wrote them', () => {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => /\/expected\./.test(f))) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const path of [root, homedir(), tmpdir()]) expect(text.includes(path), `${file} holds ${path}`).toBe(false);
      expect(text, file).not.toMatch(/(?:file:\/\/|[\s"'`(=])\/(?:home|root|tmp|usr|var|opt|work|mnt|srv|private|Users)\b/);
    }
  });
});

describe('golden cases show', () => {
  it('every verdict', () => expect([...told.verdicts].sort()).toEqual([...REPORT_VERDICTS].sort()));
  it('every operation', () => expect([...told.operations].sort()).toEqual([...OPERATIONS].sort()));
  it('every reason', () => expect([...told.reasons].sort()).toEqual(Object.keys(REASONS).sort()));
  it('every finding', () => expect([...told.findings].sort()).toEqual([...FINDINGS].sort()));
  it('every error', () => expect([...told.errors].sort()).toEqual([...ERROR_CODES].sort()));
});

/** Kinds of `because` (report.md). */
const REASONS: Readonly<Record<ReasonKind, true>> = {
  guard: true,
  freeze: true,
  lane: true,
  grant: true,
  'no-lane': true,
  ceiling: true,
  tier: true,
  quota: true,
  unknown: true,
  tag: true,
  plan: true,
  error: true,
};

/** The table of tags.md 2, and code that ran while the plan was made (lanes.md 4). */
const FINDINGS = [
  'tag-missing',
  'tag-value',
  'tag-unknown',
  'grant-lost',
  'grant-changed',
  'companion-lost',
  'tag-weak',
  'untagged-existing',
  'tag-disagrees',
  'tag-replaces',
  'ran-at-plan',
];

describe('the built programme says the same', () => {
  const built = mkdtempSync(join(tmpdir(), 'inlane-golden-'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { inlane: string } };
  const bin = join(built, manifest.bin.inlane);
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types', `--outdir=${join(built, 'dist')}`], {
      cwd: root,
      stdio: 'pipe',
    });
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  it.each([
    'postgres-2-cutover',
    'postgres-wrong-replace-in-place',
    'approval-import',
    'several-plans',
    'five-hundred',
    'explain-deposed',
    'observe-run',
    'error-lanes-invalid',
    'error-plan-wrong-file',
    'error-plan-tool',
  ])('%s', async (name) => {
    const golden = cases.get(name);
    if (golden === undefined) throw new Error(`no case ${name}`);
    const input = Buffer.from((await stdinOf(name, golden))());
    for (const format of golden.json ? (['text', 'json'] as const) : (['text'] as const)) {
      const argv = [bin, ...golden.args, '--format', format];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
        cwd: root,
        env: golden.env ?? {},
        input,
        encoding: 'utf8',
      });
      expect(stdout).toBe(readFileSync(join(folder, name, format === 'text' ? 'expected.txt' : 'expected.json'), 'utf8'));
      const expected = join(folder, name, 'expected.stderr');
      expect(stderr).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : '');
      expect(status).toBe(golden.exit);
    }
  });
});
