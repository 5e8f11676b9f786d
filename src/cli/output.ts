import { closeSync, lstatSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { diagnosticsText } from '../report/formats/diagnostics.ts';
import { type FormatOptions, type FormatTable, type Formatter, loadFormat } from '../report/formats.ts';
import type { Report, ReportSet } from '../report/report.ts';
import type { CliIo } from './io.ts';
import { usage } from './options.ts';

export interface Output<F> {
  readonly format: F;
  /** Absolute; null = standard output. */
  readonly file: string | null;
  /** The file as the user named it. */
  readonly shown: string;
}

/** `NAME` or `NAME=FILE` each. Throws `usage`: unknown name, two for one place, a file that is there already. */
export async function openOutputs<F>(wanted: readonly string[], table: FormatTable<F>, io: CliIo): Promise<readonly Output<F>[]> {
  const outputs: Output<F>[] = [];
  for (const text of wanted) {
    const at = text.indexOf('=');
    const file = at < 0 ? null : text.slice(at + 1);
    if (file === '')
      throw usage(`\`--format ${escapeText(text)}\` names no file`, 'write `--format NAME` or `--format NAME=FILE`');
    const format = await loadFormat(at < 0 ? text : text.slice(0, at), table);
    const path = file === null ? null : resolve(io.cwd, file);
    if (outputs.some((other) => other.file === path)) {
      throw usage(
        path === null ? 'two formats for standard output' : `two formats for \`${escapeText(file ?? '')}\``,
        'write one of them to a file of its own: `--format NAME=FILE`',
      );
    }
    if (path !== null && isThere(path)) {
      throw usage(`\`${escapeText(file ?? '')}\` is there already`, 'remove it first: nothing is written over');
    }
    outputs.push({ format, file: path, shown: escapeText(file ?? '') });
  }
  return outputs;
}

/** A dangling link counts: writing would create what it points to. What cannot be looked at cannot be written either, which says why. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

export interface Presentation {
  readonly view: FormatOptions['view'];
  readonly quiet: boolean;
  readonly changedOnly: boolean | null;
}

/** How one output is rendered. `diagnostics`: for a file, beside which there is no standard error. */
export interface Rendering {
  readonly colour: boolean;
  readonly width: number;
  readonly diagnostics: boolean;
}

/** What a format makes: a text, or one that comes in pieces because it need not fit into memory. Null = nothing is to be written. */
export type Rendered = string | Iterable<string> | null;

/** Files first, so that one that cannot be written is known before standard output says anything. Throws `io`. */
export async function printOutputs<F>(
  outputs: readonly Output<F>[],
  io: CliIo,
  render: (format: F, how: Rendering) => Rendered,
  beforeStdout: () => Promise<void> = async () => {},
): Promise<void> {
  for (const { format, file, shown } of outputs) {
    if (file === null) continue;
    const rendered = render(format, { colour: false, width: WIDTH, diagnostics: true });
    if (rendered !== null) writeNewFile(file, shown, piecesOf(rendered));
  }
  const stdout = outputs.find((output) => output.file === null);
  const width = textWidth(io);
  await beforeStdout();
  if (!stdout) return;
  const rendered = render(stdout.format, { colour: wantsColour(io), width, diagnostics: false });
  if (rendered !== null) for (const piece of piecesOf(rendered)) await io.stdout.write(piece);
}

function piecesOf(rendered: string | Iterable<string>): Iterable<string> {
  return typeof rendered === 'string' ? [rendered] : rendered;
}

function writeNewFile(file: string, shown: string, pieces: Iterable<string>): void {
  const doing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InlaneError(
        'io',
        `\`${shown}\` cannot be written (${code})`,
        'name a new file in a folder that is there and may be written to',
      );
    }
  };
  const descriptor = doing(() => openSync(file, 'wx'));
  try {
    for (const piece of pieces) doing(() => writeAll(descriptor, piece));
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** A plan's report in every format that was asked for, its diagnostics on standard error. */
export async function writeOutputs(
  report: Report | ReportSet,
  outputs: readonly Output<Formatter>[],
  presentation: Presentation,
  io: CliIo,
): Promise<void> {
  await printOutputs(
    outputs,
    io,
    (format, how) => format(report, { ...presentation, ...how }),
    () => writeDiagnostics(report, presentation.quiet, io),
  );
}

/** Diagnostics and nothing else go to standard error. */
async function writeDiagnostics(report: Report | ReportSet, quiet: boolean, io: CliIo): Promise<void> {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const text = diagnosticsText(reports, quiet ? ['error'] : ['error', 'warning', 'note']);
  if (text !== '') await io.stderr.write(text);
}

const WIDTH = 100;

/** Columns that text on standard output keeps to. */
export function textWidth(io: CliIo): number {
  return Math.max(40, Math.min(io.stdout.columns ?? WIDTH, WIDTH));
}

/** FORCE_COLOR outweighs NO_COLOR, as in Node; nothing else brings colours into a pipe. */
export function wantsColour(io: CliIo): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = io.env;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR) return false;
  return io.stdout.terminal && TERM !== 'dumb';
}
