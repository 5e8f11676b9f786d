import { describe, expect, it } from 'vitest';
import type { ResourceChange } from '../../src/plan/model.ts';
import { WantedDefaults } from '../../src/source/defaults.ts';
import { MergedEdits } from '../../src/source/merged-edits.ts';
import type { Finding } from '../../src/tags/finding.ts';

const edit = (start: number, end: number, text: string) => ({ start, end, text });
const row = (address: string, provider: string) => ({ address, block: { provider: { key: provider } } }) as ResourceChange;

describe('edits of one file', () => {
  it('stand in its order, with the rows of all', () => {
    const merged = new MergedEdits();
    merged.add([edit(40, 40, 'c')], [row('x.c', 'aws')]);
    merged.add([edit(10, 12, 'a'), edit(20, 20, 'b')], [row('x.a', 'aws')]);
    expect(merged.edits.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(merged.rows.map(({ address }) => address)).toEqual(['x.c', 'x.a']);
  });

  it('that several findings ask for are made once', () => {
    const merged = new MergedEdits();
    merged.add([edit(10, 10, 'a'), edit(30, 30, 'b')], []);
    merged.add([edit(10, 10, 'a'), edit(50, 50, 'c')], []);
    expect(merged.edits.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['at one place', edit(10, 10, 'other')],
    ['within what goes', edit(32, 33, 'other')],
    ['up to what goes', edit(25, 30, 'other')],
    ['from where it ends', edit(35, 40, 'other')],
  ])('that touch %s and differ have to wait, with all that they come with', (_, other) => {
    const merged = new MergedEdits();
    merged.add([edit(10, 10, 'a'), edit(30, 35, 'b')], []);
    merged.add([other, edit(90, 90, 'c')], [row('x.c', 'aws')]);
    expect(merged.edits.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(merged.rows).toEqual([]);
  });
});

it('what findings want of a provider is told by its objects and the key', () => {
  const wants = (address: string, line: string) =>
    ({ address, fix: { edit: { kind: 'entry', key: 'environment', line } } }) as unknown as Finding;
  const rows = [row('x.a', 'aws'), row('x.b', 'aws'), row('x.c', 'aws.west')];
  const wanted = new WantedDefaults([wants('x.a', 'e = 1'), wants('x.b', 'e = 2'), wants('x.c', 'e = 3')], rows);
  expect([...wanted.of('aws', 'environment')]).toEqual(['e = 1', 'e = 2']);
  expect([...wanted.of('aws.west', 'environment')]).toEqual(['e = 3']);
  expect([...wanted.of('aws', 'team')]).toEqual([]);
});
