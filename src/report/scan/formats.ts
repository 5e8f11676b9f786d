import type { FormatTable } from '../formats.ts';
import { jsonChunks } from '../json.ts';
import type { ScanReport } from './model.ts';

/** Pure. The text ends in a line end. */
export type ScanFormatter = (report: ScanReport, options: { readonly width: number; readonly colour: boolean }) => string;

export const SCAN_FORMATS: FormatTable<ScanFormatter> = new Map([
  ['text', { summary: 'for people', load: async () => (await import('./formats/scan-text.ts')).scanText }],
  [
    'json',
    {
      summary: 'for machines; the schema is published in the package',
      load: async () => (report: ScanReport) => [...jsonChunks(report)].join(''),
    },
  ],
  [
    'markdown',
    { summary: 'for an issue or a job summary', load: async () => (await import('./formats/scan-markdown.ts')).scanMarkdown },
  ],
  ['junit', { summary: 'for test reports', load: async () => (await import('./formats/scan-junit.ts')).scanJunit }],
  ['sarif', { summary: 'for code scanning', load: async () => (await import('./formats/scan-sarif.ts')).scanSarif }],
  ['html', { summary: 'a page of its own', load: async () => (await import('./formats/scan-html.ts')).scanHtml }],
]);
