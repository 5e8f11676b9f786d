import { escapeJson } from '../escape.ts';
import type { FormatTable } from '../formats.ts';
import type { AnalysisFormatter } from '../lanes/formats.ts';
import type { SimulationReport } from './simulated.ts';

/** The formats of `inlane simulate`. */
export const SIMULATION_FORMATS: FormatTable<AnalysisFormatter<SimulationReport>> = new Map([
  ['text', { summary: 'for people', load: async () => (await import('./formats/text.ts')).simulationText }],
  [
    'json',
    { summary: 'for machines', load: async () => (report: unknown) => `${escapeJson(JSON.stringify(report, null, 2))}\n` },
  ],
  [
    'markdown',
    { summary: 'for a pull request or a wiki', load: async () => (await import('./formats/markdown.ts')).simulationMarkdown },
  ],
  ['html', { summary: 'a page of its own, with plots', load: async () => (await import('./formats/html.ts')).simulationHtml }],
]);
