import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversBelow, formatPath, matchPath, mayMatchBelow, parsePattern } from '../../src/logic/path.ts';

const PATHS: readonly [string, string[], boolean][] = [
  ['instance_class', ['instance_class'], true],
  ['instance_class', ['instance_class', 'x'], false],
  ['tags.**', ['tags'], true],
  ['tags.**', ['tags', 'environment'], true],
  ['tags.**', ['tags', 'a.b', 'c'], true],
  ['tags.**', ['tags_all', 'x'], false],
  ['settings.*.database_flags.**', ['settings', '0', 'database_flags'], true],
  ['settings.*.database_flags.**', ['settings', '0', 'database_flags', '1', 'value'], true],
  ['settings.*.database_flags.**', ['settings', 'database_flags'], false],
  ['settings.0.tier', ['settings', '0', 'tier'], true],
  ['settings.0.tier', ['settings', '1', 'tier'], false],
  ['**', [], true],
  ['**', ['a', 'b'], true],
  ['**.value', ['a', 'b', 'value'], true],
  ['**.value', ['value'], true],
  ['**.value', ['value', 'x'], false],
  ['*', ['a'], true],
  ['*', ['a', 'b'], false],
  ['metadata.0.labels["app.kubernetes.io/name"]', ['metadata', '0', 'labels', 'app.kubernetes.io/name'], true],
  ['metadata.0.labels["app.kubernetes.io/name"]', ['metadata', '0', 'labels', 'app'], false],
  ['tags["*"]', ['tags', '*'], true],
  ['tags["*"]', ['tags', 'x'], false],
];

describe('attribute paths', () => {
  it.each(PATHS)('%s on %j is %s', (pattern, path, expected) => {
    expect(matchPath(parsePattern(pattern), path)).toBe(expected);
  });

  it.each(['', '.', 'a..b', 'a.', '.a', 'a[', 'a[b]', 'a["b"]c', 'a["b'])('%j is no path', (text) => {
    expect(() => parsePattern(text)).toThrow(SyntaxError);
  });

  it('what formatPath spells, parsePattern reads as the same literal steps', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (steps) => {
        expect(parsePattern(formatPath(steps)).steps).toEqual(steps);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  it('a path may match below exactly when some extension matches', () => {
    expect(mayMatchBelow(parsePattern('settings.*.tier'), ['settings'])).toBe(true);
    expect(mayMatchBelow(parsePattern('settings.*.tier'), ['settings', '0'])).toBe(true);
    expect(mayMatchBelow(parsePattern('settings.*.tier'), ['settings', '0', 'tier', 'x'])).toBe(false);
    expect(mayMatchBelow(parsePattern('other'), ['settings'])).toBe(false);
    expect(mayMatchBelow(parsePattern('**.x'), ['settings'])).toBe(true);
  });

  it('only a pattern that ends in ** covers what stands below', () => {
    expect(coversBelow(parsePattern('settings.**'), ['settings'])).toBe(true);
    expect(coversBelow(parsePattern('settings'), ['settings'])).toBe(false);
    expect(coversBelow(parsePattern('settings.*.**'), ['settings'])).toBe(false);
  });
});
