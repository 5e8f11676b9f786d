import type { Fact, Side } from '../logic/fact.ts';
import { ExactNumber, isList, isObject, Sensitive, UNKNOWN, type Value } from '../plan/value.ts';
import type { FactValue, ReportFact } from './report.ts';

/** A fact as the report shows it. Sensitive values and whole objects never become text here, whatever asked for them. */
export function reportFact(side: Side, fact: Fact, subject: string | null): ReportFact {
  const of = subject === null ? {} : { subject };
  const sources = fact.sources.map(({ from, name, value }) => ({ from, name, value }));
  const { key, state } = fact;
  switch (state.kind) {
    case 'absent':
      return { key, side, value: null, absent: true, ...of, sources };
    case 'unknown':
      return { key, side, value: null, unknown: true, ...because(state.why, state.path), ...of, sources };
    case 'members': {
      const { sure, maybe, hidden } = shown(state.members);
      if (state.open === null && maybe.length === 0 && !hidden) return certain(key, side, sure, subject, sources);
      return {
        key,
        side,
        value: sure,
        ...(state.open === null && maybe.length === 0 ? {} : { unknown: true as const }),
        ...(state.open === null ? {} : { why: state.open }),
        ...(maybe.length === 0 ? {} : { maybe }),
        ...(hidden ? { hidden: 'sensitive' as const } : {}),
        ...of,
        sources,
      };
    }
    case 'value': {
      const value = visible(state.value);
      if (value !== undefined) return certain(key, side, value, subject, sources);
      if (state.value === UNKNOWN) return { key, side, value: null, unknown: true, ...of, sources };
      const hidden = state.value instanceof Sensitive ? 'sensitive' : 'composite';
      return { key, side, value: null, hidden, ...of, sources };
    }
  }
}

/** Most facts, spelled out: an object that is put together takes longer. */
function certain(
  key: string,
  side: Side,
  value: ReportFact['value'],
  subject: string | null,
  sources: ReportFact['sources'],
): ReportFact {
  return subject === null ? { key, side, value, sources } : { key, side, value, subject, sources };
}

/** What may be shown of the members of a set: those that certainly are, and those that may be. */
function shown(members: ReadonlyMap<Value, true | 'unknown'>): {
  readonly sure: readonly FactValue[];
  readonly maybe: readonly FactValue[];
  readonly hidden: boolean;
} {
  const sure: FactValue[] = [];
  const maybe: FactValue[] = [];
  let hidden = false;
  for (const [member, is] of members) {
    if (member instanceof Sensitive) hidden = true;
    const value = visible(member);
    if (value !== undefined) (is === true ? sure : maybe).push(value);
  }
  return { sure, maybe, hidden };
}

function because(why: string, path: string | null): { why: string; path?: string } {
  return path === null ? { why } : { why, path };
}

/** Undefined where the value must not or cannot be shown: a list or object may hold what no rule asked for. */
function visible(value: Value): FactValue | undefined {
  if (value === UNKNOWN || value instanceof Sensitive || isObject(value) || isList(value)) return undefined;
  return value instanceof ExactNumber ? value.text : value;
}
