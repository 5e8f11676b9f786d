import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchGlob } from '../../src/logic/glob.ts';

const GLOBS: readonly [string, string, boolean][] = [
  ['*', '', true],
  ['*', 'anything at all', true],
  ['prod', 'prod', true],
  ['prod', 'production', false],
  ['prod', 'Prod', false],
  ['*-prod', 'shop-prod', true],
  ['*-prod', 'shop-prod-2', false],
  ['dev-*', 'dev-', true],
  ['dev-*', 'my-dev-1', false],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'a--b--b--c', true],
  ['a*b*c', 'acb', false],
  ['a*a', 'a', false],
  ['aa*aa', 'aaa', false],
  ['aa*aa', 'aaaa', true],
  ['module.shop.**', 'module.shop', true],
  ['module.shop.**', 'module.shop.module.db', true],
  ['module.shop.**', 'module.shopping', false],
  ['stacks/prod/**', 'stacks/prod/orders', true],
  ['a?c', 'abc', false],
  ['a?c', 'a?c', true],
  ['[ab]', 'a', false],
  ['*\n*', 'x\ny', true],
];

/** A second implementation: dynamic programming over characters. */
function slowGlob(pattern: string, text: string): boolean {
  let row = new Array<boolean>(text.length + 1).fill(false);
  row[0] = true;
  for (const c of pattern) {
    const next = new Array<boolean>(text.length + 1).fill(false);
    if (c === '*') {
      let any = false;
      for (let i = 0; i <= text.length; i += 1) {
        any ||= row[i] as boolean;
        next[i] = any;
      }
    } else for (let i = 0; i < text.length; i += 1) next[i + 1] = (row[i] as boolean) && text[i] === c;
    row = next;
  }
  return (row[text.length] as boolean) || (pattern.endsWith('.**') && slowGlob(pattern.slice(0, -3), text));
}

describe('globs over values', () => {
  it.each(GLOBS)('%j on %j is %s', (pattern, text, expected) => {
    expect(matchGlob(pattern, text)).toBe(expected);
  });

  it('agrees with a character-by-character matcher', () => {
    const char = fc.constantFrom('a', 'b', '.', '*');
    const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 8 }).map((c) => c.join(''));
    fc.assert(
      fc.property(
        fc.array(char, { maxLength: 7 }).map((c) => c.join('')),
        text,
        (pattern, value) => {
          expect(matchGlob(pattern, value)).toBe(slowGlob(pattern, value));
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
  });

  it('stays quick on a hostile pattern', () => {
    expect(matchGlob(`${'*a'.repeat(2000)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});
