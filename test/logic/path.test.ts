import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coversBelow,
  formatPath,
  isAnyStep,
  isAnySteps,
  literalSteps,
  matchPath,
  mayMatchBelow,
  parsePattern,
} from '../../src/logic/path.ts';

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

  it.each<[string, string[], boolean]>([
    ['a.b', [], true],
    ['a.b', ['a', 'b'], true],
    ['a.b', ['a', 'c'], false],
    ['*.b', ['a'], true],
    ['**', ['a', 'b'], true],
    ['a.**', ['a', 'b'], true],
    ['a.**', ['b'], false],
    ['**.x.y', ['a', 'x'], true],
    ['a.**.x', ['b', 'x'], false],
    ['a.**.x', ['a', 'b', 'c'], true],
  ])('%s may match at or below %j: %s', (pattern, path, expected) => {
    expect(mayMatchBelow(parsePattern(pattern), path)).toBe(expected);
  });

  it('** stands for any number of steps, wherever it stands', () => {
    const match = (pattern: string, path: string) => matchPath(parsePattern(pattern), path.split('.'));
    expect(match('a.**.z', 'a.z')).toBe(true);
    expect(match('a.**.z', 'a.b.z.c.z')).toBe(true);
    expect(match('a.**.z', 'a.b.z.c')).toBe(false);
    expect(match('a.**.z', 'b.z')).toBe(false);
    expect(match('**.b.**', 'a.b')).toBe(true);
    expect(match('**.b.**', 'a.c')).toBe(false);
    expect(match('**.**', 'a')).toBe(true);
    expect(match('a.*.**.z', 'a.z')).toBe(false);
  });

  it('says what is wrong with a spelling', () => {
    const fault = (text: string) => {
      try {
        return parsePattern(text);
      } catch (error) {
        return (error as SyntaxError).message;
      }
    };
    expect(fault('a.')).toBe('a step is empty');
    expect(fault('["a"].')).toBe('a step is empty');
    expect(fault('')).toBe('the path is empty');
    expect(fault('a["b')).toBe('`[` is never closed');
    expect(fault('a["b"]c')).toBe('a dot is missing after `]`');
    expect(fault('a[b]')).toBe('`[b]` is not a quoted key');
    expect(fault('a[null]')).toBe('`[null]` is not a quoted key');
    expect(fault('a[true].b')).toBe('`[true]` is not a quoted key');
  });

  it('keys in brackets are literal, whatever they hold', () => {
    const steps = (text: string) => parsePattern(text).steps;
    expect(steps('a["]"].b')).toEqual(['a', ']', 'b']);
    expect(steps('a["\\"]"]["c"]')).toEqual(['a', '"]', 'c']);
    expect(steps('a["\\\\"].b')).toEqual(['a', '\\', 'b']);
    expect(steps('a[0].b')).toEqual(['a', '0', 'b']);
    expect(steps('a.b["**"]')).toEqual(['a', 'b', '**']);
    expect(parsePattern('a.*').text).toBe('a.*');
  });

  it('literal steps are those of a pattern without wildcards', () => {
    expect(literalSteps(parsePattern('a.0["*"]'))).toEqual(['a', '0', '*']);
    expect(literalSteps(parsePattern('a.*'))).toBeNull();
    expect(literalSteps(parsePattern('**.a'))).toBeNull();
    const [one, any, many] = parsePattern('a.*.**').steps;
    expect([one, any, many].map(isAnyStep)).toEqual([false, true, false]);
    expect([one, any, many].map(isAnySteps)).toEqual([false, false, true]);
  });

  it('only a pattern that ends in ** covers what stands below', () => {
    expect(coversBelow(parsePattern('settings.**'), ['settings'])).toBe(true);
    expect(coversBelow(parsePattern('settings'), ['settings'])).toBe(false);
    expect(coversBelow(parsePattern('settings.*.**'), ['settings'])).toBe(false);
  });
});
