import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ArtifactChange, Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { fixesOf } from '../../../src/report/formats/sarif-fixes.ts';
import type { Report } from '../../../src/report/report.ts';
import { type TextEdit, unifiedDiff } from '../../../src/source/patch.ts';
import { root } from '../../stories.ts';

/** The replacements of a file made in its text, as SARIF 2.1.0 reads regions (3.30): 1-based lines, whose ends are CRLF or LF, and columns of UTF-16. */
function made(text: string, { replacements }: ArtifactChange): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const offset = (line: number, column: number | undefined): number => {
    // One line stands behind the last line end.
    expect(line).toBeLessThanOrEqual(lines.length + 1);
    const start = lines.slice(0, line - 1).join('').length;
    const length = (lines[line - 1] ?? '').replace(/\r?\n$/, '').length;
    if (column !== undefined) expect(column).toBeLessThanOrEqual(length + 1);
    return start + (column === undefined ? length : column - 1);
  };
  const edits = replacements.map(({ deletedRegion: region, insertedContent }) => {
    const { startLine = 0, startColumn = 1, endLine = startLine, endColumn } = region;
    return { from: offset(startLine, startColumn), to: offset(endLine, endColumn), added: insertedContent?.text ?? '' };
  });
  let out = '';
  let at = 0;
  // 3.57: replacements are of one file as it was, and none overlaps another.
  for (const { from, to, added } of edits) {
    expect(from).toBeGreaterThanOrEqual(at);
    expect(to).toBeGreaterThanOrEqual(from);
    out += text.slice(at, from) + added;
    at = to;
  }
  return out + text.slice(at);
}

function edited(text: string, edits: readonly TextEdit[]): string {
  let out = '';
  let from = 0;
  for (const { start, end, text: added } of edits) {
    out += text.slice(from, start) + added;
    from = end;
  }
  return out + text.slice(from);
}

const remedy = (patch: string) => ({ kind: 'edit', text: 'set it', file: 'main.tf', line: 1, insert: null, patch }) as const;
const file = (text: string) => ({ text, body: { arguments: [], blocks: [] }, syntax: 'native' }) as const;

describe('the fixes of a SARIF log', () => {
  it('make of a text what the unified diff makes of it, whatever the text and the edits', () => {
    const line = fc.constantFrom('a = b', 'c = "d"', '}', '', '# e', 'x {', '  ü = z', '"€\ud83d\ude00"');
    const edit = fc.tuple(fc.nat(60), fc.nat(6), fc.constantFrom('new\n', 'new', '', 'p\nq\n', '\n'));
    const seen = { insertions: 0, replaced: 0 };
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (lines, ended, end, raw) => {
          const text = lines.join(end) + (ended && lines.length > 0 ? end : '');
          const edits: TextEdit[] = [];
          let from = 0;
          for (const [gap, length, added] of raw) {
            const start = Math.min(from + gap, text.length);
            if (edits.length > 0 && start === from) continue;
            edits.push({ start, end: Math.min(start + length, text.length), text: added.replaceAll('\n', end) });
            from = Math.min(start + length, text.length) + 1;
          }
          const diff = unifiedDiff('main.tf', file(text), edits, (from) => from % 2 === 0) ?? '';
          if (!diff.includes('@@')) return;
          const [fix] = fixesOf([remedy(diff)]);
          const [change, ...more] = fix?.artifactChanges ?? [];
          expect(more).toEqual([]);
          expect(made(text, change as ArtifactChange)).toBe(edited(text, edits));
          for (const { deletedRegion } of change?.replacements ?? [])
            seen[
              deletedRegion.startColumn === deletedRegion.endColumn && deletedRegion.endLine === undefined
                ? 'insertions'
                : 'replaced'
            ] += 1;
        },
      ),
      { numRuns: 4000 },
    );
    expect(Math.min(seen.insertions, seen.replaced)).toBeGreaterThan(100);
  });

  it('say each file of a patch, its path as a URI', () => {
    const one = (path: string) => unifiedDiff(path, file('a\n'), [{ start: 2, end: 2, text: 'b\n' }], () => true) ?? '';
    const [fix] = fixesOf([remedy(one('infra/a b.tf') + one('c.tf'))]);
    expect(fix).toEqual({
      description: { text: 'set it' },
      artifactChanges: ['infra/a%20b.tf', 'c.tf'].map((uri) => ({
        artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
        replacements: [{ deletedRegion: { startLine: 1, startColumn: 2, endColumn: 2 }, insertedContent: { text: '\nb' } }],
      })),
    });
  });

  it('of a real report make what git makes of its patches', () => {
    const place = join(root, 'fixtures/golden/tags-edit-proposed');
    const report = JSON.parse(readFileSync(join(place, 'expected.json'), 'utf8')) as Report;
    const log = JSON.parse(readFileSync(join(place, 'expected.sarif'), 'utf8')) as Log;
    const text = readFileSync(join(place, 'main.tf'), 'utf8');
    const fixes = (log.runs[0]?.results ?? []).flatMap((result) => result.fixes ?? []);
    const patches = report.findings.flatMap(({ fix }) => fix?.patch ?? []);
    expect([fixes.length, patches.length]).toEqual([3, 3]);
    const folder = mkdtempSync(join(tmpdir(), 'inlane-fixes-'));
    for (const [n, patch] of patches.entries()) {
      writeFileSync(join(folder, 'main.tf'), text);
      execFileSync('git', ['apply', '-'], { cwd: folder, input: patch });
      const [change] = fixes[n]?.artifactChanges ?? [];
      expect(made(text, change as ArtifactChange)).toBe(readFileSync(join(folder, 'main.tf'), 'utf8'));
    }
    rmSync(folder, { recursive: true });
  });

  it('are none where no place is known', () => {
    expect(
      fixesOf([
        { ...remedy(''), patch: undefined },
        { kind: 'ask', text: 'ask', who: 'x' },
      ] as never),
    ).toEqual([]);
  });
});
