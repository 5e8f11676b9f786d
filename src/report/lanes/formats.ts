import { escapeJson } from '../escape.ts';
import type { FormatTable } from '../formats.ts';
import type { CheckReport } from './checked.ts';
import type { DiffReport } from './compared.ts';
import type { Shown } from './shown-model.ts';

/** Pure. The text ends in a line end, or is empty. */
export type AnalysisFormatter<R> = (report: R, options: { readonly width: number; readonly colour: boolean }) => string;

const json = (report: unknown): string => `${escapeJson(JSON.stringify(report, null, 2))}\n`;

const PEOPLE = 'for people';
const MACHINES = 'for machines';

export const CHECK_FORMATS: FormatTable<AnalysisFormatter<CheckReport>> = new Map([
  ['text', { summary: PEOPLE, load: async () => (await import('./formats/check-text.ts')).checkText }],
  ['json', { summary: MACHINES, load: async () => json }],
  ['junit', { summary: 'for test reports', load: async () => (await import('./formats/check-junit.ts')).checkJunit }],
  ['github', { summary: 'annotations of a workflow', load: async () => (await import('./formats/check-github.ts')).checkGithub }],
]);

export const DIFF_FORMATS: FormatTable<AnalysisFormatter<DiffReport>> = new Map([
  ['text', { summary: PEOPLE, load: async () => (await import('./formats/diff-text.ts')).diffText }],
  ['json', { summary: MACHINES, load: async () => json }],
  ['markdown', { summary: 'for a pull request', load: async () => (await import('./formats/diff-markdown.ts')).diffMarkdown }],
]);

export const SHOW_FORMATS: FormatTable<AnalysisFormatter<Shown>> = new Map([
  ['text', { summary: PEOPLE, load: async () => (await import('./formats/show-text.ts')).showText }],
  ['json', { summary: MACHINES, load: async () => (await import('./formats/show-json.ts')).showJson }],
  [
    'markdown',
    { summary: 'for a wiki or a pull request', load: async () => (await import('./formats/show-markdown.ts')).showMarkdown },
  ],
  ['html', { summary: 'a page of its own', load: async () => (await import('./formats/show-html.ts')).showHtml }],
]);
