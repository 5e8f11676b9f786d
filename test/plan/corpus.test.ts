import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { readPlan } from '../../src/plan/read.ts';
import { hasDuplicates } from './json-oracle.ts';
import { withShared } from './shared.ts';

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly formatVersion: string;
  readonly rows: number | null;
  readonly features: string;
}

function indexOf(folder: string): Entry[] {
  const lines = readFileSync(join(folder, 'INDEX.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  return lines.map((line) => {
    const cells = line.split('\t').map((cell) => cell.replace(/^"|"$/g, ''));
    const [file = '', , , , , formatVersion = '', , rows = ''] = cells;
    const features = cells[10] ?? '';
    return {
      file,
      formatVersion,
      rows: rows === '' ? null : Number(rows),
      features,
      kind: (features.split(';')[0] ?? '').trim(),
    };
  });
}

/** What the index says a file is, in the words of our errors; a list where the index lumps several things together. */
function expected(entry: Entry, text: string): readonly string[] {
  switch (entry.kind) {
    case 'kind:plan':
      if (entry.features.includes('synthesised-by-infracost')) return ['plan-wrong-file: Infracost'];
      return hasDuplicates(text) ? ['plan-unreadable: twice'] : ['read'];
    case 'kind:plan-partial':
      return /^[01](\.|$)/.test(entry.formatVersion) ? ['read'] : ['plan-unsupported: format_version'];
    case 'kind:plan-with-noise':
      return ['plan-wrong-file: setup-terraform'];
    case 'kind:plan-broken':
      // Broken after the place where it is recognised, or before.
      return ['plan-unreadable: line', 'plan-wrong-file: wrapped'];
    case 'kind:show-state':
      return ['plan-wrong-file: a state as JSON'];
    case 'kind:wrapped-plan':
      return ['plan-wrong-file: wrapped'];
    case 'kind:cloud-bookmark':
      return ['plan-wrong-file: bookmark'];
    case 'kind:redacted-plan':
      return ['plan-wrong-file: redacted'];
    case 'kind:raw-tfstate-v4 (wrong-file case)':
      return ['plan-wrong-file: raw state (version 4)'];
    case 'kind:binary-plan-zip':
      return ['plan-tool: saved plan'];
    default:
      throw new Error(`the index has a new kind: ${entry.kind}`);
  }
}

function decoded(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le', 2) : bytes.toString('utf8');
}

withShared('corpus', 'plans and wrong files of others', (folder) => {
  test('every file reads, or is named as what it is', async () => {
    const entries = indexOf(folder);
    const counts = { read: 0, refused: 0, rows: 0 };
    const disagreements: string[] = [];
    for (const entry of entries) {
      const path = join(folder, 'files', entry.file);
      const wanted = expected(entry, decoded(readFileSync(path)));
      let got = 'read';
      try {
        const plan = await readPlan(path, { env: {} });
        const rows = [...plan.rows()];
        counts.read += 1;
        counts.rows += rows.length;
        const changes = rows.filter((row) => row.mode !== 'action' && row.deferred === null).length;
        if (entry.rows !== null && entry.rows !== changes)
          disagreements.push(`${entry.file}: ${changes} rows, the index has ${entry.rows}`);
      } catch (error) {
        if (!(error instanceof InlaneError)) throw error;
        counts.refused += 1;
        got = `${error.code}: ${error.message.replaceAll(path, 'FILE')}`;
      }
      const agrees = wanted.some((want) => {
        const [code = '', gist = ''] = want.split(': ');
        return want === 'read' ? got === 'read' : got.startsWith(`${code}:`) && got.includes(gist);
      });
      if (!agrees) disagreements.push(`${entry.file}: wanted ${wanted.join(' or ')}, got ${got}`);
    }
    expect(disagreements).toEqual([]);
    expect(entries.length).toBeGreaterThanOrEqual(811);
    expect(counts.read + counts.refused).toBe(entries.length);
    expect(counts.read).toBeGreaterThan(700);
    expect(counts.rows).toBeGreaterThan(8000);
  }, 60_000);
});
