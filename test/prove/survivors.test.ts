import { describe, expect, it } from 'vitest';
import type { Survivor } from '../../src/lanes/ruleset.ts';
import type { SuccessorTest } from '../../src/logic/fact.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { answers, successorCells, successorValue } from '../../src/prove/survivors.ts';

const test = (same: readonly string[], anyType = false, want: 'present' | 'absent' = 'present'): SuccessorTest => ({
  want,
  same,
  anyType,
});

describe('survivors', () => {
  it.each<[string, Survivor, SuccessorTest, boolean]>([
    ['one that shares everything answers everything', { same: null, anyType: false }, test(['service', 'name']), true],
    ['one that shares more', { same: ['name', 'service'], anyType: false }, test(['service']), true],
    ['one that shares less', { same: ['name'], anyType: false }, test(['service', 'name']), false],
    ['one that shares nothing, where nothing is asked', { same: [], anyType: false }, test([]), true],
    ['one of the same type, where any will do', { same: [], anyType: false }, test([], true), true],
    ['one of another type, where any will do', { same: ['service'], anyType: true }, test(['service'], true), true],
    ['one of another type, where the type must be the same', { same: null, anyType: true }, test([]), false],
  ])('%s', (_, survivor, asked, expected) => {
    expect(answers(survivor, asked)).toBe(expected);
  });

  it('`present` and `absent` are each other’s opposite where something stood before, and both false where nothing did', () => {
    for (const cell of successorCells([test(['service'])])) {
      const present = successorValue(cell, test(['service']));
      const absent = successorValue(cell, test(['service'], false, 'absent'));
      if (cell.side === 'none') expect([present, absent]).toEqual([false, false]);
      else if (cell.survivors === null) expect([present, absent]).toEqual(['unknown', 'unknown']);
      else expect(absent).toBe(!present);
    }
  });

  it('cells are what sets of survivors can answer: no more, no less', () => {
    const asked = [test([]), test(['service']), test(['service', 'name']), test(['service'], true)];
    const facts = [[], ['service'], ['name'], ['service', 'name']];
    const survivors = facts.flatMap((same) => [
      { same, anyType: false },
      { same, anyType: true },
    ]);
    const possible = new Set<string>();
    for (let mask = 0; mask < 1 << survivors.length; mask += 1) {
      const some = survivors.filter((_, i) => (mask & (1 << i)) !== 0);
      possible.add(asked.map((one) => some.some((survivor) => answers(survivor, one))).join());
    }
    const cells = successorCells(asked).filter(({ side, survivors: own }) => side === 'before' && own !== null);
    const found = cells.map((cell) => asked.map((one) => successorValue(cell, one)).join());
    expect([...found].sort()).toEqual([...possible].sort());
  });

  it('the same question in another order is one question', () => {
    const cells = successorCells([test(['a', 'b']), test(['b', 'a'], false, 'absent')]);
    expect(cells).toHaveLength(4);
  });

  it('gives up on too many different questions', () => {
    const asked = (count: number) => Array.from({ length: count }, (_, i) => test([`f${i}`]));
    expect(() => successorCells(asked(7))).toThrow(Inconclusive);
    // Every set of answers of six, an unknown one, and no before side.
    expect(successorCells(asked(6))).toHaveLength(66);
    // Asked in another order, seven are no more than six.
    expect(() => successorCells([...asked(5), test(['a', 'b']), test(['b', 'a'])])).not.toThrow();
  });
});
