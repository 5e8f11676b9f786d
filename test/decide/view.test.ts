import { describe, expect, it } from 'vitest';
import { type DecisionContext, personalFact, viewOf } from '../../src/decide/view.ts';
import { human } from './random.ts';
import { change, NOW } from './worlds.ts';

const nothing: DecisionContext = { now: null, repository: null, ref: null, event: null };

describe('the facts of who acts, where and when', () => {
  it.each(['repository', 'ref', 'event'] as const)('%s is what the option says, else unknown', (key) => {
    expect(personalFact(key, human, { ...nothing, [key]: 'given' })).toEqual({
      key,
      state: { kind: 'value', value: 'given' },
      sources: [{ from: 'option', name: `--${key}`, value: 'given' }],
    });
    expect(personalFact(key, human, nothing)).toEqual({
      key,
      state: { kind: 'unknown', why: `not given: pass --${key}`, path: null },
      sources: [],
    });
  });

  it('now is an instant in UTC, its value never a plan text', () => {
    expect(personalFact('now', human, { ...nothing, now: NOW })).toEqual({
      key: 'now',
      state: { kind: 'value', value: '2026-11-20T12:00:00.000Z' },
      sources: [{ from: 'option', name: '--now', value: null }],
    });
    expect(personalFact('now', human, nothing)?.state).toEqual({ kind: 'unknown', why: 'not given: pass --now', path: null });
    expect(personalFact('now', human, { ...nothing, now: 0 })?.state).toEqual({
      kind: 'value',
      value: '1970-01-01T00:00:00.000Z',
    });
  });

  it('who.* come from the principal, everything else from the change', () => {
    const atom = change('destroy', { class: { kind: 'absent' }, 'who.id': { kind: 'absent' }, ref: { kind: 'absent' } });
    const view = viewOf(atom, human, nothing);
    expect(view.operation).toBe('destroy');
    expect(view.fact('who.id').state).toEqual({ kind: 'value', value: 'dana' });
    expect(view.fact('ref').state.kind).toBe('unknown');
    expect(view.fact('class').state.kind).toBe('absent');
    expect(view.changedPaths()).toEqual(atom.changedPaths());
    expect(personalFact('whoever', human, nothing)).toBeNull();
    expect(personalFact('class', human, nothing)).toBeNull();
  });
});
