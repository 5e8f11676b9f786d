import { InlaneError, kindOfError } from '../errors.ts';
import { undecidedReport } from '../report/build.ts';
import { escapeText } from '../report/escape.ts';
import { annotation } from '../report/formats/annotation.ts';
import { github } from '../report/formats/github.ts';
import { markdown } from '../report/formats/markdown.ts';
import { text } from '../report/formats/text.ts';
import { processExit, type Report, type ReportSet } from '../report/report.ts';
import { reportSet } from '../report/set.ts';
import { addSummary, SUMMARY, setOutputs } from './environment-files.ts';
import { type ActionEvent, readEvent } from './event.ts';
import { IN_FILE, wantedFiles, writeFiles, writeReport } from './files.ts';
import { heading } from './heading.ts';
import { type Inputs, inputOf, readInputs } from './inputs.ts';
import type { ActionIo } from './io.ts';
import { judge } from './judge.ts';
import { Rest } from './rest.ts';
import { putSection } from './sticky.ts';

/** One step: decides, tells it everywhere, and returns the exit code of the step. Never throws. */
export async function runAction(io: ActionIo): Promise<number> {
  const token = inputOf('token', io.env);
  if (token !== undefined) io.log(`::add-mask::${token.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')}\n`);
  let inputs: Inputs | null = null;
  let event: ActionEvent | null = null;
  let report: Report | ReportSet;
  try {
    inputs = readInputs(io.env);
    event = readEvent(io.env);
    for (const warning of event.warnings) warn(io, 'event', warning);
    const files = await wantedFiles(inputs.formats);
    report = await decided(inputs, event, io);
    writeFiles(files, report, inputs.changedOnly, io.cwd);
  } catch (error) {
    report = undecidedReport(asInlaneError(error), { observe: false });
  }
  try {
    return await tell(report, inputs, event, token, io);
  } catch (error) {
    const { code, message, hint } = asInlaneError(error);
    io.log(`${annotation('error', code, null, `${message}${hint === null ? '' : `; ${hint}`}`)}\n`);
    return 2;
  }
}

/** What goes wrong while deciding is an undecided report, as on the command line. */
async function decided(inputs: Inputs, event: ActionEvent, io: ActionIo): Promise<Report | ReportSet> {
  try {
    return await judge(inputs, event, io);
  } catch (error) {
    const reason = asInlaneError(error);
    const reports = inputs.gate.plans.map((path) => undecidedReport(reason, { path, observe: inputs.gate.observe ?? false }));
    return reports.length === 1 && reports[0] ? reports[0] : reportSet(reports);
  }
}

/** Outputs first: what comes later may fail, and a later step must know the verdict by then. */
async function tell(
  report: Report | ReportSet,
  inputs: Inputs | null,
  event: ActionEvent | null,
  token: string | undefined,
  io: ActionIo,
): Promise<number> {
  const exit = processExit(report);
  const changedOnly = inputs?.changedOnly ?? null;
  setOutputs({ verdict: report.verdict, exit: String(exit), report: writeReport(report, io.env) }, io.env);
  io.log(text(report, { ...IN_FILE, quiet: inputs?.quiet ?? false, changedOnly }));
  io.log(github(report, { ...IN_FILE, changedOnly }));
  const write = (limit: number) => {
    const above = heading(inputs?.section ?? '', event?.head ?? null, io.env);
    return `${above}\n\n${markdown(report, { ...IN_FILE, changedOnly, limit: limit - Buffer.byteLength(above) - 2 })}`;
  };
  try {
    addSummary(`${write(SUMMARY - 1)}\n`, io.env);
  } catch (error) {
    warn(io, 'no summary', (error as Error).message);
  }
  if (inputs?.comment && event !== null && event.pullRequest !== null) {
    await comment(write, report, inputs, { ...event, pullRequest: event.pullRequest }, token, io);
  }
  if (exit !== 3 || inputs?.needsApproval === 'fail') return exit;
  io.log('An approval is due. This step passes; whatever applies the plan has to wait for the output `exit` to be 0.\n');
  return 0;
}

/** Whatever becomes of the comment, the verdict stands: what is wrong is told, and the summary has the same text. */
async function comment(
  write: (limit: number) => string,
  report: Report | ReportSet,
  { section }: Inputs,
  event: ActionEvent & { readonly pullRequest: number },
  token: string | undefined,
  io: ActionIo,
): Promise<void> {
  try {
    if (token === undefined) throw new InlaneError('io', 'the input `token` is empty', 'leave it out to use that of the job');
    const [run, attempt] = [Number(io.env.GITHUB_RUN_ID ?? 0), Number(io.env.GITHUB_RUN_ATTEMPT ?? 1)];
    const put = await putSection(
      { key: section, verdict: report.verdict, run, attempt, write },
      event.pullRequest,
      new Rest(io, token),
      io,
    );
    if (put === 'older') io.log('The comment is left as it is: a newer run has written it.\n');
  } catch (error) {
    const { message, hint } = asInlaneError(error);
    const fork = event.fromFork ? 'this pull request comes from a fork, whose runs may not comment; ' : '';
    const told = `${fork}${message}${hint === null ? '' : `; ${hint}`}. The verdict stands, and the job summary has the report`;
    io.log(`${annotation(event.fromFork ? 'notice' : 'warning', 'no comment', null, told)}\n`);
  }
}

function warn(io: ActionIo, title: string, message: string): void {
  io.log(`${annotation('warning', title, null, message)}\n`);
}

/** What is none of ours is a defect, and its message may hold plan values. */
function asInlaneError(error: unknown): InlaneError {
  if (error instanceof InlaneError) return error;
  return new InlaneError(
    'internal',
    `inlane failed (${escapeText(kindOfError(error))})`,
    'this is a defect of inlane: report it',
  );
}
