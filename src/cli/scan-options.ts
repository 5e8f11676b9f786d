import { CLOUD_NAMES, type CloudName } from '../../providers/cloud.ts';
import { nearMiss } from '../lanes/nearest.ts';
import { heldBytes } from '../plan/spool.ts';
import type { ScanOptions } from '../reconcile.ts';
import { escapeText } from '../report/escape.ts';
import { showDiagnostics } from '../report/formats/diagnostics.ts';
import { Page } from '../report/formats/layout.ts';
import type { ReportDiagnostic } from '../report/report.ts';
import type { CliIo } from './io.ts';
import { type Given, usage } from './options.ts';
import { type Output, printOutputs, type Rendered, type Rendering } from './output.ts';

/** The report in every format that was asked for, its diagnostics on standard error. */
export async function print<F>(
  { diagnostics }: { readonly diagnostics: readonly ReportDiagnostic[] },
  outputs: readonly Output<F>[],
  io: CliIo,
  render: (format: F, how: Rendering) => Rendered,
): Promise<void> {
  await printOutputs(outputs, io, render, async () => {
    if (diagnostics.length === 0) return;
    const page = new Page(Number.POSITIVE_INFINITY, false);
    showDiagnostics(page, diagnostics);
    await io.stderr.write(page.toString());
  });
}

/** What the commands of `inlane tags` were given. Throws `usage`. */
export function scanOptions(states: readonly string[], given: Given, io: CliIo): ScanOptions {
  return {
    states,
    lanes: given.many('lanes'),
    stack: given.one('stack'),
    rulesFrom: given.one('rules-from'),
    trustWorktree: given.flag('trust-worktree'),
    workspace: given.one('workspace'),
    accounts: given.many('account'),
    now: given.instant('now'),
    clouds: given.many('cloud')?.map((name) => cloudOf(name, given.nameOf('cloud'))),
    assumeRole: given.one('assume-role'),
    unmanaged: given.flag('unmanaged'),
    olderThan: given.one('older-than'),
    shard: given.one('shard'),
    shards: numberOf(given, 'shards'),
    owner: given.many('owner'),
    checkpoint: given.one('checkpoint'),
    workers: numberOf(given, 'workers'),
    targets: numberOf(given, 'targets'),
    cwd: io.cwd,
    env: io.env,
    stdin: () => heldBytes(io.stdin()),
  };
}

function cloudOf(name: string, option: string): CloudName {
  const known = CLOUD_NAMES.find((cloud) => cloud === name);
  if (known !== undefined) return known;
  const close = nearMiss(name, [...CLOUD_NAMES]);
  throw usage(
    `${option}: unknown cloud \`${escapeText(name)}\``,
    `${close === null ? '' : `did you mean \`${close}\`? `}the clouds are ${CLOUD_NAMES.join(', ')}`,
  );
}

/** A whole number from 1; undefined = it was not given. Throws `usage`. */
export function numberOf(given: Given, name: string): number | undefined {
  const text = given.one(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw usage(`${given.nameOf(name)}: \`${escapeText(text)}\` is no whole number from 1`, 'give one');
  return Number(text);
}
