import { readFileSync } from 'node:fs';
import type { CatalogRow } from '../../providers/provider.ts';
import type { Value } from '../../src/plan/value.ts';

/** One reviewed line: what people decided about a type (`by` hand) or a family of types (`by` rule, `*` in the type). */
export interface Decision {
  /** Type, `data.TYPE` or `action.TYPE`. */
  readonly type: string;
  readonly by: 'hand' | 'rule';
  /** `=` for its class: that of the type it reads (inherit.ts). Where facts list the data sources, this goes without saying. */
  readonly inherits: boolean;
  readonly row: CatalogRow;
  /** file:line */
  readonly at: string;
}

type Writable = { -readonly [K in keyof CatalogRow]: CatalogRow[K] };

/**
 * Reads `type, class, also, by, settings` lines; `#` starts a comment line, `-` stands for none, `=` for the class of what a data
 * source reads.
 * Settings are `key=value` words; lists are commas, `reason=` takes the rest of the line:
 *   access=PATH[:DEFAULT|...]     exposure=PATH[:DEFAULT|...]
 *   protects=PATH:SAFE[:DEFAULT[:FORGETS]]   SAFE may be an order, strongest first: PREVENT|DELETE
 *   refers=PATH>TYPE   abandon=PATH:VALUE   tagging=OBJECT/KEY/VALUE (KEY may be empty)   carriers=PATH:SHAPE
 *   id=A,B   parent=A   guards=A   companions=TYPE,TYPE   destroy=forgets   wraps=PATH   account= region= namespace=
 */
export function readDecisions(path: string, label: string): Decision[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line, at) => ({ line, at: `${label}:${at + 1}` }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'))
    .map(({ line, at }) => parseLine(line, at));
}

function parseLine(line: string, at: string): Decision {
  const [type, name, also, by, settings = ''] = line.split('\t');
  if (!type || !name || !also || (by !== 'hand' && by !== 'rule'))
    throw new Error(`${at}: expected type, class, also, by, settings`);
  const inherits = name === '=';
  if (inherits && (by !== 'rule' || !type.startsWith('data.') || type.includes('*')))
    throw new Error(`${at}: only one data source inherits, by rule`);
  if (type.includes('*') !== (by === 'rule') && !inherits)
    throw new Error(`${at}: a rule has a \`*\` in its type, a hand-made line has none`);
  const row: Writable = { class: name === '-' || inherits ? null : name };
  if (also !== '-') row.also = [...also.split(',')].sort();
  for (const [key, value] of words(settings)) set(row, key, value, at);
  return { type, by, inherits, row, at };
}

function words(settings: string): [string, string][] {
  const [before, reason] = settings.split(/(?:^| )reason=/);
  const found: [string, string][] = (before ?? '').split(' ').filter(Boolean).map(splitAt('='));
  if (reason !== undefined) found.push(['reason', reason]);
  return found;
}

function set(row: Writable, key: string, value: string, at: string): void {
  const list = value.split(',');
  switch (key) {
    case 'reason':
    case 'parent':
    case 'guards':
    case 'wraps':
      row[key] = value;
      return;
    case 'id':
      row.identity = list;
      return;
    case 'companions':
      row.companions = list;
      return;
    case 'access':
      row.access_by = list.map(trigger);
      return;
    case 'exposure':
      row.exposure_by = list.map(trigger);
      return;
    case 'protects':
      row.protects = list.map(protection);
      return;
    case 'refers':
      row.refers = list.map(splitAt('>')).map(([attribute, type]) => ({ attribute, type }));
      return;
    case 'abandon':
      row.abandon = list.map(splitAt(':')).map(([attribute, text]) => ({ attribute, value: scalar(text) }));
      return;
    case 'destroy':
      if (value !== 'forgets' && value !== 'resets') throw new Error(`${at}: destroy is \`${value}\``);
      row.destroy = value;
      return;
    case 'carriers':
      row.carriers = list.map(splitAt(':')).map(([path, shape]) => {
        if (shape !== 'map' && shape !== 'blocks' && shape !== 'strings') throw new Error(`${at}: carrier shape \`${shape}\``);
        return { path, shape };
      });
      return;
    case 'tagging': {
      const [object, tagKey, tagValue] = value.split('/');
      if (!object || tagValue === undefined) throw new Error(`${at}: tagging is OBJECT/KEY/VALUE`);
      row.tagging = { object, ...(tagKey ? { key: tagKey } : {}), value: tagValue };
      return;
    }
    case 'account':
    case 'region':
    case 'namespace':
      row.place = { ...row.place, [key]: value };
      return;
    default:
      throw new Error(`${at}: unknown setting \`${key}\``);
  }
}

function trigger(text: string): { attribute: string; except?: Value[] } {
  const [attribute, except] = splitAt(':')(text);
  return except === '' ? { attribute } : { attribute, except: except.split('|').map(scalar) };
}

function protection(text: string): NonNullable<CatalogRow['protects']>[number] {
  const [attribute = '', safe = '', unset, forgets] = text.split(':');
  return {
    attribute,
    safe: safe.includes('|') ? safe.split('|').map(scalar) : scalar(safe),
    ...(forgets === undefined ? {} : { forgets: scalar(forgets) }),
    ...(unset === undefined || unset === '' ? {} : { default: scalar(unset) }),
  };
}

function scalar(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

function splitAt(mark: string): (text: string) => [string, string] {
  return (text) => {
    const at = text.indexOf(mark);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  };
}
