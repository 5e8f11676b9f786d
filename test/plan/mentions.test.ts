import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Mentions } from '../../src/plan/mentions.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { mentions } from '../../src/plan/words.ts';

const plan = readFileSync(fileURLToPath(new URL('../../fixtures/stories/aws-postgres-2-cutover/plan.json', import.meta.url)));

/** Both readers: rows that are held, and rows whose bytes are searched. */
describe.each([Number.POSITIVE_INFINITY, 0])('mentions of rows, plans of more than %d bytes in pieces', (wholeUpTo) => {
  const rows = [...parsePlan(plan, 'plan.json', '', wholeUpTo).rows()];
  const texts = rows.flatMap(({ before }) => [before?.id, before?.arn, before?.name].filter((text) => typeof text === 'string'));

  const positions = (text: string, side: (row: (typeof rows)[number]) => (typeof rows)[number]['after']) =>
    rows.flatMap((row, position) => {
      const values = side(row);
      return values !== null && mentions(values, text) ? [position] : [];
    });

  test('are those that a walk over every value finds, whenever a text is asked for', () => {
    const found = new Mentions(rows, () => texts.slice(0, 5));
    let some = 0;
    for (const half of [texts.slice(0, texts.length / 2), texts]) {
      found.seek(half);
      for (const text of half) {
        const before = positions(text, (row) => row.before);
        const staying = positions(text, (row) => row.after ?? row.before);
        expect(found.before(text)).toEqual(before);
        expect(found.staying(text)).toEqual(staying);
        for (const position of [...before, ...staying]) expect(found.mayHold(position)).toBe(true);
        some += before.length;
      }
    }
    expect(some).toBeGreaterThan(texts.length);
  });

  test('know nothing of a text that was not looked for', () => {
    const found = new Mentions(rows);
    found.seek(['no such name anywhere']);
    expect(found.before(texts[0] as string)).toEqual([]);
    const holders = rows.filter((_, position) => found.mayHold(position)).length;
    if (wholeUpTo > 0) expect(holders).toBe(rows.length);
    else expect(holders).toBeLessThan(rows.length / 2);
  });
});
