import { describe, expect, it } from 'vitest';
import { and, type Kleene, not, or } from '../../src/logic/kleene.ts';

// Kleene's strong three-valued logic, from its definition: truth is an order false < unknown < true.
const RANK: Record<string, number> = { false: 0, unknown: 1, true: 2 };
const BY_RANK: readonly Kleene[] = [false, 'unknown', true];
const ALL: readonly Kleene[] = [true, false, 'unknown'];
const rank = (k: Kleene): number => RANK[String(k)] as number;

describe('Kleene tables', () => {
  it('and is the minimum, or the maximum, not the mirror', () => {
    for (const a of ALL) {
      expect(not(a)).toBe(BY_RANK[2 - rank(a)]);
      for (const b of ALL) {
        expect(and([a, b])).toBe(BY_RANK[Math.min(rank(a), rank(b))]);
        expect(or([a, b])).toBe(BY_RANK[Math.max(rank(a), rank(b))]);
        for (const c of ALL) {
          expect(and([a, b, c])).toBe(BY_RANK[Math.min(rank(a), rank(b), rank(c))]);
          expect(or([a, b, c])).toBe(BY_RANK[Math.max(rank(a), rank(b), rank(c))]);
        }
      }
    }
  });

  it('an empty and is true, an empty or is false', () => {
    expect(and([])).toBe(true);
    expect(or([])).toBe(false);
  });
});
