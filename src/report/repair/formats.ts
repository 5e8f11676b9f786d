import { escapeJson } from '../escape.ts';
import type { FormatTable } from '../formats.ts';
import type { RepairReport } from './model.ts';

/** Pure. The text ends in a line end. */
export type RepairFormatter = (report: RepairReport, options: { readonly width: number; readonly colour: boolean }) => string;

export const REPAIR_FORMATS: FormatTable<RepairFormatter> = new Map([
  ['text', { summary: 'for people', load: async () => (await import('./formats/repair-text.ts')).repairText }],
  [
    'json',
    {
      summary: 'for machines; the schema is published in the package',
      load: async () => (report: RepairReport) => `${escapeJson(JSON.stringify(report, null, 2))}\n`,
    },
  ],
  [
    'markdown',
    { summary: 'for an issue or a job summary', load: async () => (await import('./formats/repair-markdown.ts')).repairMarkdown },
  ],
]);
