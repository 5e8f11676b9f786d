import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJson } from '../../src/report/escape.ts';
import { jsonChunks, KindredStream, Stream } from '../../src/report/json.ts';

const text = fc.oneof(
  fc.constantFrom('', 'a.b', 'x"]', '##[error]', '::set', 'é', '\u202e', '\ud800', '\u007f', '\n', '\\'),
  fc.string(),
);
const LISTS: readonly (readonly string[])[] = [[], [], ['no-op'], ['##[group]', '\u2028']];

const element = fc.record({ name: text, list: fc.constantFrom(...LISTS) });

describe('a report in pieces', () => {
  test('is what it is at once, whether some are told as another one or not', () => {
    let long = 0;
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), fc.boolean(), fc.constantFrom(1, 300), (some, nested, times) => {
        const all = Array.from({ length: times }, () => some).flat();
        // All are told as the first that has their list, but for those that have the first list.
        const firsts = new Map(all.toReversed().map((one) => [one.list, one]));
        const stream = new KindredStream(
          () => all,
          ({ list }) => (list === LISTS[0] ? null : (firsts.get(list) ?? null)),
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
