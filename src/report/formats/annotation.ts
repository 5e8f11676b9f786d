import { escapeCommandData, escapeCommandProperty } from '../escape.ts';

/** Where an annotation stands: `file:line:column` or `file:line`; null = on the run as a whole. */
export type AnnotationPlace = string | null;

/** One workflow command of GitHub: an annotation. Title and message may be anything; they are escaped here. */
export function annotation(level: 'error' | 'warning' | 'notice', title: string, at: AnnotationPlace, message: string): string {
  const [, file, line, column] = /^(.*?):(\d+)(?::(\d+))?$/s.exec(at ?? '') ?? [];
  const place =
    file === undefined
      ? []
      : [`file=${escapeCommandProperty(file)}`, `line=${line}`, ...(column === undefined ? [] : [`col=${column}`])];
  return `::${level} ${[...place, `title=${escapeCommandProperty(`inlane: ${title}`)}`].join(',')}::${escapeCommandData(message)}`;
}
