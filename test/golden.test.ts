import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
import { DIFFERENCES } from '../src/prove/diff.ts';
import type { LintCode } from '../src/prove/lint.ts';
import { FORMATS, loadFormat, wholeText } from '../src/report/formats.ts';
import type { CheckReport } from '../src/report/lanes/checked.ts';
import type { DiffReport } from '../src/report/lanes/compared.ts';
import type { Shown } from '../src/report/lanes/shown-model.ts';
import { REPORT_VERDICTS, type Report, type ReportSet } from '../src/report/report.ts';
import { htmlProblems, junitProblems, rendered, sarifRun, tagsOf } from './report/formats/valid.ts';
import { root } from './stories.ts';

const folder = join(root, 'fixtures/golden');

/** What a format's expected file is called behind `expected.`. */
const ENDINGS = {
  text: 'txt',
  json: 'json',
  markdown: 'md',
  sarif: 'sarif',
  junit: 'xml',
  github: 'github',
  gitlab: 'gitlab',
  html: 'html',
} as const;
type Format = keyof typeof ENDINGS;

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
  /** Formats that are kept besides text. */
  readonly formats?: readonly Format[];
  /** It runs in a copy of its folder, which is the root of a repository; paths are relative to that. */
  readonly here?: true;
  /** With `here`: files of so many bytes, which are too large to be kept. */
  readonly large?: Readonly<Record<string, number>>;
}

function formatsOf({ json, formats = [] }: Case): readonly Format[] {
  return ['text', ...(json ? (['json'] as const) : []), ...formats];
}

const expectedFile = (format: Format): string => `expected.${ENDINGS[format]}`;

const copies = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-golden-here-')));
afterAll(() => rmSync(copies, { recursive: true, force: true }));

/** Where the case runs. */
function placeOf(name: string, { here, large = {} }: Case): string {
  if (!here) return root;
  const copy = join(copies, name);
  if (existsSync(copy)) return copy;
  cpSync(join(folder, name), copy, { recursive: true, filter: (path) => !/[/\\](?:case\.json|expected\.[a-z]+)$/.test(path) });
  mkdirSync(join(copy, '.git'));
  for (const [file, size] of Object.entries(large)) writeFileSync(join(copy, file), '#'.padEnd(size, 'x'));
  return copy;
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
async function run(name: string, golden: Case, format: Format): Promise<Output> {
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
      cwd: placeOf(name, golden),
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
  lints: new Set<string>(),
  differences: new Set<string>(),
  outcomes: new Set<string>(),
};

/** Every report of a plan or of several, by the name of its case. */
const plans = new Map<string, Report | ReportSet>();

function gather(name: string, report: Report | ReportSet | CheckReport | DiffReport | Shown): void {
  if (report.format === 'inlane-lanes/1') return;
  if (report.format === 'inlane-check/1') {
    told.outcomes.add(report.outcome);
    for (const { outcome } of report.never) told.outcomes.add(outcome);
    for (const { code } of report.lint) told.lints.add(code);
    return;
  }
  if (report.format === 'inlane-diff/1') {
    for (const { kind } of report.differences) told.differences.add(kind);
    return;
  }
  plans.set(name, report);
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
      expect({ exit: json.exit, stderr: json.stderr }).toEqual({ exit: text.exit, stderr: text.stderr });
      gather(name, JSON.parse(json.stdout) as Parameters<typeof gather>[1]);
      for (const format of formatsOf(golden).slice(1)) {
        const told = format === 'json' ? json : await run(name, golden, format);
        check(name, expectedFile(format), told.stdout);
        expect({ exit: told.exit, stderr: told.stderr }).toEqual({ exit: text.exit, stderr: text.stderr });
      }
    });
  }

  it('hold nothing but what is expected of them', () => {
    for (const [name, golden] of cases) {
      const expected = readdirSync(join(folder, name)).filter((file) => file.startsWith('expected.'));
      const known = ['expected.stderr', ...formatsOf(golden).map(expectedFile)];
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

/** As the command line would print it to a file. */
async function printed(name: string, format: string): Promise<string> {
  const report = plans.get(name) as Report | ReportSet;
  const view = cases.get(name)?.args[0] === 'explain' ? 'row' : 'plan';
  const print = await loadFormat(format, FORMATS);
  return wholeText(print(report, { view, colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: true }));
}

describe('every report of a golden case', () => {
  it('is there', () => expect(plans.size).toBeGreaterThan(75));

  it('is a valid SARIF log: an invocation for each plan, and a result wherever the exit code is not 0', async () => {
    for (const [name, report] of plans) {
      const run = sarifRun(await printed(name, 'sarif'));
      const all = report.format === 'inlane-report-set/1' ? report.reports : [report];
      expect(
        run.invocations?.map((one) => one.executionSuccessful),
        name,
      ).toEqual(all.map((one) => one.verdict !== 'undecided'));
      const grave = (run.results ?? []).filter(({ level }) => level !== 'note').length;
      if (report.exit !== 0) expect(grave, name).toBeGreaterThan(0);
      if (report.verdict === 'deny')
        expect(
          run.results?.some(({ level }) => level === 'error'),
          name,
        ).toBe(true);
    }
  });

  it('is a valid JUnit report that fails wherever the exit code is not 0', async () => {
    const reports = new Map<string, string>();
    for (const [name, report] of plans) {
      const text = await printed(name, 'junit');
      reports.set(name, text);
      const [, tests, failures, errors] = /^<testsuites .*tests="(\d+)" failures="(\d+)" errors="(\d+)">$/m.exec(text) ?? [];
      const all = report.format === 'inlane-report-set/1' ? report.reports : [report];
      const rows = all.flatMap(({ changes }) => changes).length;
      expect(Number(tests), name).toBeGreaterThanOrEqual(rows);
      expect(Number(failures) + Number(errors) > 0, name).toBe(report.exit !== 0);
      expect(text.match(/<testcase /g)?.length ?? 0, name).toBe(Number(tests));
      expect(text.match(/<failure/g)?.length ?? 0, name).toBe(Number(failures));
      expect(text.match(/<error/g)?.length ?? 0, name).toBe(Number(errors));
    }
    expect(await junitProblems(reports)).toEqual([]);
  });

  it('is a valid page', async () => {
    for (const name of plans.keys()) expect(await htmlProblems(await printed(name, 'html')), name).toEqual([]);
  });

  it('is a comment with the verdict first, within what GitHub takes, of tags of ours', async () => {
    const allowed =
      /^<\/?(h2|h3|p|ul|li|table|thead|tbody|tr|th|td|strong|sub|details|summary|pre|code|code class="language-(yaml|hcl)"|br( \/)?)>$/;
    for (const [name, report] of plans) {
      const text = await printed(name, 'markdown');
      expect(text.startsWith(`## ${report.verdict.toUpperCase()}: `), name).toBe(true);
      expect(text.length).toBeLessThan(65_536);
      expect(
        tagsOf(rendered(text)).filter((tag) => !allowed.test(tag)),
        name,
      ).toEqual([]);
    }
  });

  it('is workflow commands of no more than GitHub shows, with an error wherever something is out of lane', async () => {
    for (const [name, report] of plans) {
      const lines = (await printed(name, 'github')).split('\n').slice(0, -1);
      for (const line of lines)
        expect(line, name).toMatch(/^::(error|warning|notice) (file=[^,:]+,line=\d+,(col=\d+,)?)?title=inlane%3A [^,:]+::./);
      const of = (level: string) => lines.filter((line) => line.startsWith(`::${level} `)).length;
      expect(Math.max(of('error'), of('warning'), of('notice')), name).toBeLessThanOrEqual(10);
      expect(of('error') > 0, name).toBe(report.verdict === 'deny' || report.verdict === 'undecided');
      if (report.verdict === 'needs-approval') expect(of('warning'), name).toBeGreaterThan(0);
    }
  });
});

describe('golden cases show', () => {
  it('every verdict', () => expect([...told.verdicts].sort()).toEqual([...REPORT_VERDICTS].sort()));
  it('every operation', () => expect([...told.operations].sort()).toEqual([...OPERATIONS].sort()));
  it('every reason', () => expect([...told.reasons].sort()).toEqual(Object.keys(REASONS).sort()));
  it('every finding', () => expect([...told.findings].sort()).toEqual([...FINDINGS].sort()));
  it('every lint', () => expect([...told.lints].sort()).toEqual(Object.keys(LINTS).sort()));
  it('every difference', () => expect([...told.differences].sort()).toEqual([...DIFFERENCES].sort()));
  it('every outcome of a check and of a proof', () => expect([...told.outcomes].sort()).toEqual(OUTCOMES));
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

const LINTS: Readonly<Record<LintCode, true>> = {
  contradictory: true,
  unreachable: true,
  shadowed: true,
  broad: true,
  expired: true,
  'approval-impossible': true,
  'approval-alone': true,
  pinned: true,
  'tags-only': true,
  'successor-alone': true,
  untested: true,
  'test-principal': true,
  'test-type': true,
  inconclusive: true,
};

const OUTCOMES = ['failed', 'inconclusive', 'passed', 'proved', 'refuted', 'undecided'];

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
    'lanes-check-never-refuted',
    'lanes-diff-loosened',
    'lanes-show-as',
  ])('%s', async (name) => {
    const golden = cases.get(name);
    if (golden === undefined) throw new Error(`no case ${name}`);
    const input = Buffer.from((await stdinOf(name, golden))());
    for (const format of formatsOf(golden)) {
      const argv = [bin, ...golden.args, '--format', format];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
        cwd: placeOf(name, golden),
        env: golden.env ?? {},
        input,
        encoding: 'utf8',
      });
      expect(stdout).toBe(readFileSync(join(folder, name, expectedFile(format)), 'utf8'));
      const expected = join(folder, name, 'expected.stderr');
      expect(stderr).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : '');
      expect(status).toBe(golden.exit);
    }
  });
});
