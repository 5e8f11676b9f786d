import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { json } from '../report/formats/json.ts';
import { FORMATS, type FormatOptions, type Formatter, loadFormat, wholeText } from '../report/formats.ts';
import type { Report, ReportSet } from '../report/report.ts';
import type { ActionIo } from './io.ts';

/** How files are rendered: there is no standard error beside them. */
export const IN_FILE: Omit<FormatOptions, 'changedOnly'> = {
  view: 'plan',
  colour: false,
  width: 100,
  quiet: false,
  diagnostics: true,
};

export interface WantedFile {
  readonly format: Formatter;
  /** As the workflow names it. */
  readonly name: string;
}

/** `NAME=FILE` each: a step has no standard output to read from. Throws `usage`. */
export async function wantedFiles(formats: readonly string[]): Promise<readonly WantedFile[]> {
  const files: WantedFile[] = [];
  for (const text of formats) {
    const [, format, name] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
    if (format === undefined || name === undefined)
      throw new InlaneError(
        'usage',
        `the input \`format\` has \`${escapeText(text)}\``,
        'write NAME=FILE, as in sarif=inlane.sarif',
      );
    if (files.some((file) => file.name === name))
      throw new InlaneError('usage', `two formats for \`${escapeText(name)}\``, 'write each to a file of its own');
    files.push({ format: await loadFormat(format, FORMATS), name });
  }
  return files;
}

/** Nothing is written over. Throws `io`. */
export function writeFiles(
  files: readonly WantedFile[],
  report: Report | ReportSet,
  changedOnly: boolean | null,
  cwd: string,
): void {
  for (const { format, name } of files) {
    try {
      writeFileSync(resolve(cwd, name), wholeText(format(report, { ...IN_FILE, changedOnly })), { flag: 'wx' });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InlaneError(
        'io',
        `\`${escapeText(name)}\` cannot be written (${code})`,
        'name a new file in a folder that is there',
      );
    }
  }
}

/** The report as JSON, in a folder of its own below the runner's. Returns its path. Throws `io`. */
export function writeReport(report: Report | ReportSet, env: ActionIo['env']): string {
  try {
    const path = join(mkdtempSync(join(env.RUNNER_TEMP || tmpdir(), 'inlane-')), 'report.json');
    writeFileSync(path, wholeText(json(report, { ...IN_FILE, changedOnly: null })), { flag: 'wx' });
    return path;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError(
      'io',
      `the report cannot be written (${code})`,
      'see whether `RUNNER_TEMP` is a folder that may be written to',
    );
  }
}
