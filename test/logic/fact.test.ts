import { expect, it } from 'vitest';
import { absent, known, unknown } from '../../src/logic/fact.ts';

it('a fact is known with its value, unknown for a reason, or absent, each with its sources', () => {
  const sources = [{ from: 'tag', name: 'environment', value: 'prod' }];
  expect(known('a', null, sources)).toEqual({ key: 'a', state: { kind: 'value', value: null }, sources });
  expect(known('a', 5).sources).toEqual([]);
  expect(unknown('b', 'late', 'tags.x', sources)).toEqual({
    key: 'b',
    state: { kind: 'unknown', why: 'late', path: 'tags.x' },
    sources,
  });
  expect(unknown('b', 'late')).toEqual({ key: 'b', state: { kind: 'unknown', why: 'late', path: null }, sources: [] });
  expect(absent('c', sources)).toEqual({ key: 'c', state: { kind: 'absent' }, sources });
  expect(absent('c').sources).toEqual([]);
});
