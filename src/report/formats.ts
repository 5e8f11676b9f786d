import { InlaneError } from '../errors.ts';
import { nearMiss } from '../lanes/nearest.ts';
import { escapeText } from './escape.ts';
import type { Lines } from './options.ts';
import type { Report, ReportSet } from './report.ts';

export interface FormatOptions {
  /** `row`: one row in full (`explain`). */
  readonly view: 'plan' | 'row';
  readonly colour: boolean;
  /** Columns that text keeps to where words allow. */
  readonly width: number;
  /** Hide rows that do nothing; null = as the format does by itself. */
  readonly changedOnly: boolean | null;
  /** Text: only the first line of each plan; other formats do not care. */
  readonly quiet: boolean;
  /** Print diagnostics too: for a file, beside which there is no standard error. */
  readonly diagnostics: boolean;
  /** Markdown: the longest text, in bytes of UTF-8, which no host counts as less than its characters. Default: what GitHub takes. */
  readonly limit?: number;
}

/** Pure. The text ends in a line end; one that may be long comes in pieces. */
export type Formatter<Text extends string | Iterable<string> = string | Iterable<string>> = (
  report: Report | ReportSet,
  options: FormatOptions,
) => Text;

/** What a format made, in one piece. */
export function wholeText(rendered: string | Iterable<string>): string {
  return typeof rendered === 'string' ? rendered : [...rendered].join('');
}

/** Formats by name, each loaded when asked for; `--help` and error messages read the names. */
export type FormatTable<F> = ReadonlyMap<string, FormatEntry<F>>;

export interface FormatEntry<F> {
  readonly summary: string;
  /** The rows whose place in the configuration it shows; absent = none. */
  readonly lines?: Lines;
  load(): Promise<F>;
}

/** The formats of a plan's report. */
export const FORMATS: FormatTable<Formatter> = new Map([
  ['text', { summary: 'for people', lines: 'out-of-lane', load: async () => (await import('./formats/text.ts')).text }],
  [
    'json',
    {
      summary: 'for machines; the schema is published in the package',
      lines: 'all',
      load: async () => (await import('./formats/json.ts')).json,
    },
  ],
  [
    'markdown',
    {
      summary: 'for a comment or a job summary',
      lines: 'out-of-lane',
      load: async () => (await import('./formats/markdown.ts')).markdown,
    },
  ],
  ['sarif', { summary: 'for code scanning', lines: 'out-of-lane', load: async () => (await import('./formats/sarif.ts')).sarif }],
  ['junit', { summary: 'for test reports', lines: 'out-of-lane', load: async () => (await import('./formats/junit.ts')).junit }],
  [
    'github',
    {
      summary: 'annotations of a workflow',
      lines: 'out-of-lane',
      load: async () => (await import('./formats/github.ts')).github,
    },
  ],
  [
    'gitlab',
    {
      summary: "GitLab's code quality report",
      lines: 'out-of-lane',
      load: async () => (await import('./formats/gitlab.ts')).gitlab,
    },
  ],
  ['html', { summary: 'a page of its own', lines: 'all', load: async () => (await import('./formats/html.ts')).html }],
]);

/** The rows whose places these formats need together, each `NAME` or `NAME=FILE`. */
export function linesFor(wanted: readonly string[]): Lines {
  const asked = wanted.map((text) => FORMATS.get(text.replace(/=.*$/s, ''))?.lines ?? 'none');
  return asked.includes('all') ? 'all' : asked.includes('out-of-lane') ? 'out-of-lane' : 'none';
}

/** Throws `usage` with the nearest known name. */
export async function loadFormat<F>(name: string, table: FormatTable<F>): Promise<F> {
  const format = table.get(name);
  if (format) return format.load();
  const names = [...table.keys()];
  const close = nearMiss(name, names);
  throw new InlaneError(
    'usage',
    `unknown format \`${escapeText(name)}\``,
    `${close === null ? '' : `did you mean \`${close}\`? `}the formats are ${names.join(', ')}`,
  );
}
