import { escapeJson } from '../escape.ts';
import type { FormatTable } from '../formats.ts';
import type { AnalysisFormatter } from '../lanes/formats.ts';
import type { DoctorReport } from './examined.ts';

/** The formats of `inlane doctor`. */
export const DOCTOR_FORMATS: FormatTable<AnalysisFormatter<DoctorReport>> = new Map([
  ['text', { summary: 'for people', load: async () => (await import('./text.ts')).doctorText }],
  [
    'json',
    { summary: 'for machines', load: async () => (report: unknown) => `${escapeJson(JSON.stringify(report, null, 2))}\n` },
  ],
]);
