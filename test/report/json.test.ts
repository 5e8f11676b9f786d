import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJson } from '../../src/report/escape.ts';
import { jsonChunks, KindredStream, Stream } from '../../src/report/json.ts';

const text = fc.oneof(
  fc.constantFrom('', 'a.b', 'x"]', '##[error]', '::set', 'é', '\u202e', '\ud800', '\u007f', '\n', '\\'),
  fc.string(),
);
const LISTS: readonly (readonly string[])[] = [[], [], ['no-op'], ['##[group]', '\u2028']];

/** A list of its own now and then, and one of what are no texts. */
const lists = fc
  .tuple(fc.constantFrom<readonly unknown[]>(...LISTS, [1], [null], [['no-op']]), fc.boolean())
  .map(([list, copied]) => (copied ? [...list] : list));

/** Many are alike but for their name; some have other keys, the same ones in another order, or the same values in other lists. */
const element = fc
  .record({
    name: text,
    type: fc.constantFrom('a', 'b'),
    list: lists,
    rest: fc.constantFrom('none', 'none', 'none', 'more', 'swapped', 'gone'),
  })
  .map(({ name, type, list, rest }): { readonly [key: string]: unknown } => {
    if (rest === 'more') return { name, type, list, why: name };
    if (rest === 'swapped') return { name, list, type };
    return rest === 'gone' ? { name, type, list: undefined } : { name, type, list };
  });

describe('a report in pieces', () => {
  test('is what it is at once, elements of a kind alike or not', () => {
    let long = 0;
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), fc.boolean(), fc.constantFrom(1, 300), (some, nested, times) => {
        const all = Array.from({ length: times }, () => some).flat();
        const stream = new KindredStream(
          () => all,
          ({ type, name }) => (name === '' ? null : String(type)),
        );
        const shown = (list: unknown) => (nested ? { format: 'x', reports: [{ before: 1, list, after: {} }] } : { list });
        const streamed = nested
          ? { format: 'x', reports: new Stream(() => [{ before: 1, list: stream, after: {} }]) }
          : { list: stream };
        const chunks = [...jsonChunks(streamed)];
        expect(chunks.join('')).toBe(`${escapeJson(JSON.stringify(shown(all), null, 2))}\n`);
        if (chunks.length > 1) long += 1;
      }),
      { numRuns: 200, seed: 20261129 },
    );
    expect(long).toBeGreaterThan(20);
  });
});
