import { describe, expect, it } from 'vitest';
import type { Matcher } from '../../src/logic/matcher.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { around, attributeCells, instantsOf, instantTexts, textCells, type ValueCell } from '../../src/prove/values.ts';

const none: ReadonlySet<string> = new Set();
const spelled = (cells: readonly ValueCell[]) => cells.map((cell) => cell.spelled);
const NO_TEXTS = { literals: none, globs: none };
const instant = (text: string) => ({ instant: Date.parse(text), text });

describe('numbers around bounds: each bound and what lies between', () => {
  it.each<[string, readonly number[], number, number, readonly number[]]>([
    ['none', [], 1, 1, []],
    ['one bound', [5], 1, 1, [4, 5, 6]],
    ['two bounds with room between them', [5, 10], 1, 1, [4, 5, 6, 10, 11]],
    ['in any order', [10, 5], 1, 1, [4, 5, 6, 10, 11]],
    ['two bounds that are close', [5, 6], 1, 1, [4, 5, 5.5, 6, 7]],
    ['a gap that just fits', [5, 6.5], 1, 1, [4, 5, 6, 6.5, 7.5]],
    ['several copies', [5], 1, 2, [3, 4, 5, 6, 7]],
    ['several copies in a narrow place', [5, 7], 1, 2, [3, 4, 5, 5 + 2 / 3, 5 + 4 / 3, 7, 8, 9]],
    ['several copies where they fit', [5, 8], 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]],
    ['a wider gap', [0], 3_600_000, 1, [-3_600_000, 0, 3_600_000]],
  ])('%s', (_, bounds, gap, copies, expected) => {
    expect(around(new Set(bounds), gap, copies)).toEqual(expected);
  });
});

describe('cells of a text', () => {
  it('literals first, then what stands for the others', () => {
    expect(spelled(textCells(new Set(['b', 'a']), new Set(['a*']), 1))).toEqual(['b', 'a', 'x', 'aa'].sort(order(['b', 'a'])));
  });

  it('gives up where globs double too often', () => {
    const globs = new Set(Array.from({ length: 16 }, (_, i) => `*${String.fromCharCode(97 + i)}${i}*`));
    expect(() => textCells(none, globs, 1)).toThrow(Inconclusive);
  });
});

/** Those of a list first, the rest as they come. */
function order(first: readonly string[]) {
  return (a: string, b: string): number => Number(first.includes(b)) - Number(first.includes(a));
}

describe('cells of a planned attribute', () => {
  it('a text, a number, both truth values, null and what is not known', () => {
    const cells = attributeCells('attr.a', [], NO_TEXTS, 1);
    expect(spelled(cells)).toEqual(['x', true, false, 1, null, undefined]);
    expect(cells.at(-1)?.state.kind).toBe('unknown');
    expect(cells.at(-2)?.state).toEqual({ kind: 'value', value: null });
  });

  it.each<[string, Matcher, readonly number[]]>([
    ['equal to', { is: 'equals', value: 5 }, [4, 5, 6]],
    ['less than', { is: 'compare', lt: 5 }, [4, 5, 6]],
    ['at most', { is: 'compare', lte: 5 }, [4, 5, 6]],
    ['more than', { is: 'compare', gt: 5 }, [4, 5, 6]],
    ['between', { is: 'compare', gte: 5, lt: 9 }, [4, 5, 6, 9, 10]],
    ['not', { is: 'not', of: { is: 'equals', value: 7 } }, [6, 7, 8]],
    ['a number that is written as text', { is: 'equals', value: '5' }, [1]],
  ])('numbers: %s', (_, test, expected) => {
    const numbers = spelled(attributeCells('attr.a', [test], NO_TEXTS, 1)).filter((value) => typeof value === 'number');
    expect(numbers).toEqual(expected);
  });

  it.each<[string, string, readonly unknown[]]>([
    ['a number', '7', [6, 7, 8]],
    ['no number', '7x', [1]],
    ['a number in another spelling', '07', [1]],
    ['nothing', '', [1]],
  ])('a source reads numbers by their text: %s', (_, text, expected) => {
    const cells = spelled(attributeCells('attr.a', [], { literals: new Set([text]), globs: none }, 1));
    expect(cells.filter((value) => typeof value === 'number')).toEqual(expected);
    expect(cells).toContain(text);
  });

  it('instants around each bound, as texts', () => {
    const test: Matcher = { is: 'compare', gte: instant('2026-01-01T00:00:00Z') };
    const texts = spelled(attributeCells('attr.a', [test], NO_TEXTS, 1)).filter((value) => typeof value === 'string');
    expect(texts).toEqual(['x', '2025-12-31T23:59:59.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z']);
    const listed = new Set(['2026-01-01T00:00:00.000Z']);
    const again = spelled(attributeCells('attr.a', [test], { literals: listed, globs: none }, 1));
    expect(again.filter((value) => value === '2026-01-01T00:00:00.000Z')).toHaveLength(1);
    expect(instantsOf([test, { is: 'compare', lt: 5, lte: instant('2026-02-01T00:00:00Z') }])).toEqual(
      new Set([Date.UTC(2026, 0), Date.UTC(2026, 1)]),
    );
    expect(instantsOf([{ is: 'equals', value: '2026-01-01T00:00:00Z' }])).toEqual(new Set());
    expect(instantTexts(new Set([0]), 1)).toEqual([
      '1969-12-31T23:59:59.000Z',
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:01.000Z',
    ]);
  });

  it('gives up where one is compared with globs and with instants', () => {
    const test: Matcher = { is: 'compare', lt: instant('2026-01-01T00:00:00Z') };
    expect(() => attributeCells('attr.a', [test], { literals: none, globs: new Set(['a*']) }, 1)).toThrow(Inconclusive);
    expect(() => attributeCells('attr.a', [], { literals: none, globs: new Set(['a*']) }, 1)).not.toThrow();
  });

  it('a path that stands for many holds every set of values', () => {
    const cells = attributeCells('attr.zones.*', [], { literals: new Set(['a']), globs: none }, 1);
    // a, another text, true, false, a number: 2^5 sets, and one that is not known. Null is no member of a set (`lookup`).
    expect(cells).toHaveLength(33);
    expect(cells[0]).toEqual({ state: { kind: 'members', members: new Map(), open: null }, spelled: [] });
    expect(cells[1]).toEqual({ state: { kind: 'members', members: new Map([['a', true]]), open: null }, spelled: ['a'] });
    expect(new Set(cells.slice(0, -1).map((cell) => JSON.stringify(cell.spelled))).size).toBe(32);
    expect(cells.at(-1)?.state.kind).toBe('unknown');
    expect(() => attributeCells('attr.a.**', [], { literals: new Set([...'abcd']), globs: none }, 1)).not.toThrow();
    expect(() => attributeCells('attr.a.**', [], { literals: new Set([...'abcde']), globs: none }, 1)).toThrow(Inconclusive);
  });
});
