import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Named } from '../../src/plan/named.ts';
import { mentions } from '../../src/plan/words.ts';

const PIECES = ['a', 'b', 'a', '/', '/', 'a.b', '12', '.', ' ', '-', '\\n', '\\u0061', '"', 'é', '–', '😀', '\ud83d'];
const text = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...PIECES), { minLength, maxLength }).map((pieces) => pieces.join(''));
const names = fc.uniqueArray(text(1, 4), { maxLength: 2 });
const things = (minLength: number, maxLength: number) => fc.array(names, { minLength, maxLength });

describe('things by their names', () => {
  it('finds what a look at every name finds, in order', () => {
    let [found, several] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(things(0, 4), things(21, 60)), fc.oneof(text(0, 8), text(40, 80)), (all, where) => {
        const named = new Named(all.map((names, at) => [at, names]));
        const expected = all.flatMap((names, at) => (names.some((one) => mentions(where, one)) ? [at] : []));
        expect(named.mentionedIn(where)).toEqual(expected);
        expect(named.get(where)).toEqual(all.flatMap((names, at) => (names.includes(where) ? [at] : [])));
        for (const one of all.flat())
          expect(named.get(one)).toEqual(all.flatMap((names, at) => (names.includes(one) ? [at] : [])));
        if (expected.length > 0) found += 1;
        if (all.length > 20 && expected.length > 1) several += 1;
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(200);
    expect(several).toBeGreaterThan(200);
  });

  it('looks neither at every name for each text nor at every word for each name', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `projects/p/instances/orders-${at}`);
    const named = new Named(names.map((one) => [one, [one]]));
    const texts = names.map((one) => `https://example.test/v1/${one}/users`);
    expect(texts.flatMap((one) => named.mentionedIn(one))).toEqual(names);
    const long = `${'projects/p/instances/'.repeat(50_000)}orders-7`;
    expect(named.mentionedIn(long)).toEqual([names[7]]);
  });
});
