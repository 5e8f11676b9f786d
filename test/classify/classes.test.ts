import { describe, expect, it } from 'vitest';
import type { ClassDefinition } from '../../src/classify/attribute.ts';
import { row, rowsOf, type World } from './planned.ts';

const AT = { file: 'inlane.yaml', line: 1, column: 1 };
const own = (name: string, parts: Partial<ClassDefinition>): ClassDefinition => ({
  name,
  at: AT,
  settles: true,
  types: [],
  isA: null,
  refines: null,
  ...parts,
});

function membership(world: Partial<World>, type = 'acme_db', after: Record<string, unknown> = { name: 'x', tags: {} }) {
  const rows = [row({ type, actions: ['create'], after })];
  const state = rowsOf({ rows, catalog: { acme_db: { class: 'database', also: ['stateful'] } }, ...world })[0]?.atoms[0]?.fact(
    'class',
  ).state;
  if (state?.kind !== 'members') throw new Error('class is a set');
  return { members: Object.fromEntries(state.members), open: state.open !== null };
}

describe('class membership', () => {
  it('comes from the catalog', () => {
    expect(membership({})).toEqual({ members: { database: true, stateful: true }, open: false });
  });
  it('is unknown for a type in no catalog', () => {
    expect(membership({}, 'acme_new')).toEqual({ members: {}, open: true });
  });
  it('of a user class with is_a joins the class and its cross-cutting ones', () => {
    const classes = [own('graph-database', { types: ['acme_graph_*'], isA: 'database' })];
    expect(membership({ classes }, 'acme_graph_x')).toEqual({
      members: { 'graph-database': true, database: true, stateful: true },
      open: false,
    });
  });
  it('of a class of its own is known, and nothing else is', () => {
    const classes = [own('paging', { types: ['pagerduty_*'] })];
    expect(membership({ classes }, 'pagerduty_service')).toEqual({ members: { paging: true }, open: false });
  });
  it('a class of a lower file does not settle what an unknown type is', () => {
    const classes = [own('paging', { types: ['pagerduty_*'], settles: false })];
    expect(membership({ classes }, 'pagerduty_service')).toEqual({ members: { paging: true }, open: true });
  });
  it('a refinement holds where its condition does, and is unknown where that is', () => {
    const when = { op: 'fact', key: 'environment', test: { is: 'equals', value: 'production' } } as const;
    const classes = [own('production-database', { refines: { class: 'database', when } })];
    const of = (tags: unknown) => membership({ classes }, 'acme_db', { name: 'x', tags }).members['production-database'];
    expect(of({ environment: 'production' })).toBe(true);
    expect(of({ environment: 'development' })).toBeUndefined();
    expect(of({})).toBe('unknown');
  });
  it('a path that opens access adds a class to the change that touches it, and to no other', () => {
    const catalog = {
      acme_queue: {
        class: 'queue',
        access_by: [{ attribute: 'policy' }],
        exposure_by: [{ attribute: 'public', except: [false] }],
      },
    };
    const classesOf = (before: Record<string, unknown>, after: Record<string, unknown>) => {
      const rows = [row({ type: 'acme_queue', before, after })];
      const state = rowsOf({ rows, catalog })[0]?.atoms[0]?.fact('class').state;
      return state?.kind === 'members' ? [...state.members.keys()].sort() : [];
    };
    expect(classesOf({ policy: null, size: 1 }, { policy: null, size: 2 })).toEqual(['queue']);
    expect(classesOf({ policy: null }, { policy: '{}' })).toEqual(['access', 'queue']);
    expect(classesOf({ public: true }, { public: false })).toEqual(['exposure', 'queue']);
    const created = (after: Record<string, unknown>) => {
      const state = rowsOf({ rows: [row({ type: 'acme_queue', actions: ['create'], after })], catalog })[0]?.atoms[0]?.fact(
        'class',
      ).state;
      return state?.kind === 'members' ? Object.fromEntries(state.members) : {};
    };
    expect(created({ policy: null, public: false })).toEqual({ queue: true });
    expect(created({ policy: null, public: true })).toEqual({ queue: true, exposure: true });
  });
});
