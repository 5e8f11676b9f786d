import { escapeJson } from '../../escape.ts';
import type { ShowFormatter } from './format.ts';

/** The object itself, indented by two. */
export const showJson: ShowFormatter = (shown) => `${escapeJson(JSON.stringify(shown, null, 2))}\n`;
