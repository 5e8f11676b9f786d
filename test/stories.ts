import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type GateOptions, gate } from '../src/gate.ts';
import type { Report, ReportChange } from '../src/report/report.ts';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Recorded plans and the corpus: beside the project, or where INLANE_SHARED says. */
export const shared = process.env.INLANE_SHARED ?? join(root, '..', 'shared');

/** What a person derived from lanes.md before the gate ran. */
export interface Expected {
  readonly why: string;
  readonly cases: readonly ExpectedCase[];
}

export interface ExpectedCase {
  readonly as: string;
  readonly options?: Readonly<Record<string, string | readonly string[]>>;
  readonly verdict: string;
  readonly rows?: Readonly<Record<string, string>>;
  readonly reasons?: Readonly<Record<string, readonly string[]>>;
  /** Plan-level reasons: kinds or ids. `plan` is the older spelling of the same. */
  readonly because?: readonly string[];
  readonly plan?: readonly string[];
  readonly findings?: readonly string[];
  readonly why: string;
}

export interface Story {
  readonly name: string;
  readonly plan: string;
  readonly expected: Expected;
}

/** Folders below `folder` with an expected.yaml; the plan stands beside it, or in the shared recordings under the same name. */
export function storiesIn(folder: string, plansIn = folder): Story[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('expected.yaml'))
    .map((file) => dirname(file))
    .sort()
    .map((name) => {
      const own = join(folder, name, 'plan.json');
      return {
        name,
        plan: existsSync(own) ? own : join(plansIn, name, 'plan.json'),
        expected: parse(readFileSync(join(folder, name, 'expected.yaml'), 'utf8')) as Expected,
      };
    });
}

/** Gates a story as its case says, with the stories' lane file. */
export async function gateStory(story: Story, expected: ExpectedCase): Promise<Report> {
  const { account, ...options } = expected.options ?? {};
  const accounts = account === undefined ? {} : { accounts: [account].flat() as string[] };
  const { reports } = await gate({
    plans: [story.plan],
    lanes: [join(root, 'fixtures/lanes/inlane.yaml')],
    cwd: root,
    as: expected.as,
    now: '2026-11-20T12:00:00Z',
    env: {},
    ...(options as Partial<GateOptions>),
    ...accounts,
  });
  return reports[0] as Report;
}

/** Where the report differs from what was expected; empty = as expected. */
export function differences(report: Report, expected: ExpectedCase): string[] {
  const out: string[] = [];
  if (report.verdict !== expected.verdict) out.push(`verdict is ${report.verdict}, expected ${expected.verdict}`);
  const rows = Object.entries(expected.rows ?? {});
  const used = new Set<string>();
  for (const change of report.changes) {
    const [pattern, wanted] = find(rows, keyOf(change)) ?? [null, 'allow'];
    if (pattern !== null) used.add(pattern);
    if (change.verdict !== wanted) out.push(`${keyOf(change)} is ${change.verdict}, expected ${wanted}: ${told(change)}`);
  }
  for (const [pattern] of rows) if (!used.has(pattern)) out.push(`no row is called ${pattern}`);
  for (const [pattern, reasons] of Object.entries(expected.reasons ?? {})) {
    const matching = report.changes.filter((change) => find([[pattern, reasons]], keyOf(change)));
    if (matching.length === 0) out.push(`no row is called ${pattern}`);
    for (const change of matching) {
      const found = reasonsOf(change, report);
      for (const reason of reasons)
        if (!found.has(reason)) out.push(`${keyOf(change)} lacks reason ${reason}: ${[...found].join(', ')}`);
    }
  }
  const top = new Set((report.because ?? []).flatMap((reason) => [reason.kind, reason.id ?? '']));
  for (const reason of [...(expected.because ?? []), ...(expected.plan ?? [])])
    if (!top.has(reason)) out.push(`the plan lacks reason ${reason}`);
  const codes = new Set(report.findings.map((finding) => finding.code));
  for (const code of expected.findings ?? []) if (!codes.has(code)) out.push(`finding ${code} is missing`);
  return out;
}

function keyOf(change: ReportChange): string {
  return change.deposed === null ? change.address : `${change.address} (deposed ${change.deposed})`;
}

/** The exact name first, then globs. */
function find<T>(entries: readonly (readonly [string, T])[], key: string): readonly [string, T] | null {
  const glob = (pattern: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^]*')}$`,
    );
  return (
    entries.find(([pattern]) => pattern === key) ??
    entries.find(([pattern]) => pattern.includes('*') && glob(pattern).test(key)) ??
    null
  );
}

function reasonsOf(change: ReportChange, report: Report): Set<string> {
  const found = new Set<string>();
  for (const decision of change.decisions) {
    if (decision.verdict === 'allow' && change.verdict !== 'allow') continue;
    for (const reason of decision.because) {
      found.add(reason.kind);
      if (reason.id !== null) found.add(reason.id);
    }
  }
  for (const finding of report.findings) if (finding.address === change.address) found.add(finding.code);
  return found;
}

function told(change: ReportChange): string {
  return change.decisions
    .filter((decision) => decision.verdict !== 'allow')
    .map(
      (d) =>
        `${d.operation}/${d.side}[${d.because.map((b) => `${b.kind} ${b.id ?? ''}`).join('; ')}]{${d.unknown.map((u) => `${u.fact}: ${u.why}`).join('; ')}}`,
    )
    .join(' ');
}

/** Keys of a case that the comparison does not know, and so would pass over. */
export function unknownKeys(expected: ExpectedCase): string[] {
  const known = ['as', 'options', 'verdict', 'rows', 'reasons', 'because', 'plan', 'findings', 'why'];
  return Object.keys(expected).filter((key) => !known.includes(key));
}

export function isPresent(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
