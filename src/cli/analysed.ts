import { errorDiagnostics } from '../report/diagnostic.ts';
import { showDiagnostics } from '../report/formats/diagnostics.ts';
import { Page } from '../report/formats/layout.ts';
import type { FormatTable } from '../report/formats.ts';
import type { AnalysisFormatter } from '../report/lanes/formats.ts';
import type { ExitCode, ReportDiagnostic } from '../report/report.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { givenOptions, type OptionRow, SHARED_OPTIONS } from './options.ts';
import { openOutputs, printOutputs } from './output.ts';

type Words = Readonly<Record<string, unknown>>;

/** Options that work as in `gate` (lanes.md 6). */
export function shared(...names: readonly string[]): OptionRow[] {
  return SHARED_OPTIONS.filter(({ name }) => names.includes(name));
}

/** What a command made: the report, how it ended, and what stands on standard error. */
export interface Told<R> {
  readonly report: R;
  readonly exit: ExitCode;
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface Analysis<R> {
  run(): Promise<Told<R>>;
  /** A report of what could not be decided; null = it is thrown. */
  readonly undecided: ((diagnostics: readonly ReportDiagnostic[]) => Told<R>) | null;
}

/** A report that says itself how it ended. */
export function told<R extends Omit<Told<unknown>, 'report'>>(report: R): Told<R> {
  return { report, exit: report.exit, diagnostics: report.diagnostics };
}

/** Opens the outputs, analyses, prints. What cannot be decided is a report too, where the command has one for it. */
export async function analysed<R>(
  words: Words,
  table: FormatTable<AnalysisFormatter<R>>,
  io: CliIo,
  command: Analysis<R>,
): Promise<ExitCode> {
  const outputs = await openOutputs(givenOptions(words, io).many('format') ?? ['text'], table, io);
  let done: Told<R>;
  try {
    done = await command.run();
  } catch (error) {
    if (command.undecided === null) throw error;
    done = command.undecided(errorDiagnostics(await asInlaneError(error, io)));
  }
  const { report, exit, diagnostics } = done;
  await printOutputs(
    outputs,
    io,
    (format, how) => format(report, how),
    async () => {
      if (diagnostics.length === 0) return;
      const page = new Page(Number.POSITIVE_INFINITY, false);
      showDiagnostics(page, diagnostics);
      await io.stderr.write(page.toString());
    },
  );
  return exit;
}
