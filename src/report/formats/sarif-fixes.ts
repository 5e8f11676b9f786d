import type { ArtifactChange, Fix, Region, Replacement } from 'sarif';
import { escapeText } from '../escape.ts';
import type { Remedy } from '../report.ts';
import { messageOf, uriOf } from './sarif-parts.ts';

/** Every edit among these ways out whose patch says where it is made (SARIF 3.55). */
export function fixesOf(remedies: readonly Remedy[]): readonly Fix[] {
  return remedies.flatMap((remedy) => {
    if (remedy.kind !== 'edit' || remedy.patch === undefined) return [];
    return [{ description: messageOf(escapeText(remedy.text)), artifactChanges: changesOf(remedy.patch) }];
  });
}

/** Lines with their line ends: those that a patch takes away from line `at` on, and those that it puts there. */
interface Change {
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** The line in front, where the patch shows it. */
  readonly before: string | null;
  /** Whether the patch shows a line behind it. */
  readonly followed: boolean;
}

/** A unified diff as changes of files. */
function changesOf(patch: string): ArtifactChange[] {
  return patch
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((text) => {
      const [, path = ''] = /^\+\+\+ b\/(.*)$/m.exec(text) ?? [];
      return {
        artifactLocation: { uri: uriOf(path), uriBaseId: '%SRCROOT%' },
        replacements: hunksIn(text).flatMap(({ at, lines }) => changesIn(at, lines).map(replacementOf)),
      };
    });
}

/** The first line of each hunk in the old file, and its lines, each with its sign and its line end. */
function hunksIn(text: string): { readonly at: number; readonly lines: readonly string[] }[] {
  const [, ...parts] = text.split(/^@@ -(\d+(?:,\d+)?) \+\d+(?:,\d+)? @@\n/m);
  const hunks: { at: number; lines: string[] }[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const [start = 0, count = 1] = (parts[index] ?? '').split(',').map(Number);
    const lines = (parts[index + 1] ?? '').split('\n').slice(0, -1);
    const ended = lines.map((line, n) => (lines[n + 1]?.startsWith('\\') ? line : `${line}\n`));
    // A range of no lines names the line in front of it.
    hunks.push({ at: count === 0 ? start + 1 : start, lines: ended.filter((line) => !line.startsWith('\\')) });
  }
  return hunks;
}

function changesIn(start: number, lines: readonly string[]): Change[] {
  const changes: Change[] = [];
  let at = start;
  let index = 0;
  const taken = (sign: string) => {
    const from = index;
    while (lines[index]?.startsWith(sign)) index += 1;
    return lines.slice(from, index).map((line) => line.slice(1));
  };
  while (index < lines.length) {
    const kept = taken(' ');
    at += kept.length;
    const removed = taken('-');
    const added = taken('+');
    if (removed.length + added.length > 0)
      changes.push({ at, removed, added, before: kept.at(-1) ?? null, followed: index < lines.length });
    at += removed.length;
  }
  return changes;
}

/** Of whole lines, whose last line end stays where it can (SARIF 3.30.8: a region without endColumn ends in front of it). */
function replacementOf({ at, removed, added, before, followed }: Change): Replacement {
  const text = added.join('');
  const last = removed.at(-1);
  if (last !== undefined) {
    const region = { startLine: at, startColumn: 1, endLine: at + removed.length - 1 };
    if (endOf(last) === '') return replacement(region, text);
    if (endOf(last) === endOf(text)) return replacement(region, withoutEnd(text));
    return replacement({ ...region, endLine: region.endLine + 1, endColumn: 1 }, text);
  }
  // Behind the line in front: the file may end there.
  if (!followed && before !== null && endOf(before) === endOf(text)) {
    const column = withoutEnd(before).length + 1;
    return replacement({ startLine: at - 1, startColumn: column, endColumn: column }, `${endOf(before)}${withoutEnd(text)}`);
  }
  return replacement({ startLine: at, startColumn: 1, endColumn: 1 }, text);
}

function replacement(deletedRegion: Region, text: string): Replacement {
  return { deletedRegion, ...(text === '' ? {} : { insertedContent: { text } }) };
}

function endOf(text: string): string {
  return /\r?\n$/.exec(text)?.[0] ?? '';
}

function withoutEnd(text: string): string {
  return text.slice(0, text.length - endOf(text).length);
}
