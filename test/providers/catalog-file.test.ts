import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCatalogText } from '../../providers/catalog-file.ts';

const root = fileURLToPath(new URL('../../providers/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]catalog\.json$/.test(name));
const SECTIONS = ['managed', 'data', 'actions'] as const;

type Written = Record<string, unknown>;

/** What a row means, written down a second time: its parts put in, its words as lists. */
function spelledOut({ parts, ...row }: Written, shared: Record<string, Written>): Written {
  const names = typeof parts === 'string' ? parts.split(' ') : [];
  const all = Object.assign({}, row, ...names.map((name) => shared[name])) as Written;
  const words = ['computed', 'optional_computed'].filter((key) => key in all).map((key) => [key, String(all[key]).split(' ')]);
  return { ...all, ...Object.fromEntries(words) };
}

describe('a catalog read row by row', () => {
  it.each(files)('%s says what JSON.parse reads in it', (file) => {
    const text = readFileSync(`${root}${file}`, 'utf8');
    const whole = JSON.parse(text) as Record<string, Record<string, Written>>;
    for (const section of SECTIONS) {
      const rows = Object.entries(whole[section] ?? {}).map(([type, row]) => [type, spelledOut(row, whole.parts ?? {})] as const);
      const single = readCatalogText(text)[section];
      for (const [type, row] of rows) expect(single.get(type)).toEqual(row);
      const all = readCatalogText(text)[section];
      expect([...all]).toEqual(rows);
      expect(all.size).toBe(rows.length);
    }
  });

  it.each(files)('%s shares parts that several rows have, and spells no row key twice', (file) => {
    const whole = JSON.parse(readFileSync(`${root}${file}`, 'utf8')) as Record<string, Record<string, Written>>;
    const rows = SECTIONS.flatMap((section) => Object.values(whole[section] ?? {}));
    const named = rows.flatMap(({ parts }) => (typeof parts === 'string' ? parts.split(' ') : []));
    expect([...new Set(named)].sort()).toEqual(Object.keys(whole.parts ?? {}).sort());
    const keys = rows.map(({ parts, ...row }) => [
      ...Object.keys(row),
      ...(typeof parts === 'string' ? parts.split(' ').flatMap((name) => Object.keys(whole.parts?.[name] ?? {})) : []),
    ]);
    expect(keys.filter((all) => new Set(all).size !== all.length)).toEqual([]);
  });

  it('knows every catalog that there is', () => expect(files.length).toBeGreaterThan(5));

  const text =
    '{\n  "provider": ["x/y"],\n  "parts": {\n    "p": {"computed":"arn id","parent":"b"}\n  },\n  "managed": {\n    "a_b": {"class":null,"parts":"p"},\n    "a_b_c": {"class":null,"parts":"q"},\n    "a_c": {"class":"queue"}\n  },\n  "data": {\n    "a_d": {"class":"dns"}\n  },\n  "actions": {}\n}\n';

  it('keeps sections apart and finds nothing for names that a plan makes up', () => {
    const { managed, data, actions } = readCatalogText(text);
    expect([managed.has('a_b'), managed.has('a_d'), data.has('a_b'), data.has('a_d')]).toEqual([true, false, false, true]);
    expect([...actions]).toEqual([]);
    for (const odd of ['constructor', '__proto__', 'class', '', 'a_b": {"class', 'data', '\n    "a_b']) {
      expect(managed.get(odd)).toBeUndefined();
    }
  });

  it('puts parts into a row, and refuses a row whose part is missing', () => {
    const { managed } = readCatalogText(text);
    expect(managed.get('a_b')).toEqual({ class: null, computed: ['arn', 'id'], parent: 'b' });
    expect(() => managed.get('a_b_c')).toThrow(new SyntaxError('its part `q` is missing'));
  });

  it('refuses a file that is cut off anywhere', () => {
    for (let end = 0; end < text.length; end += 1) expect(() => readCatalogText(text.slice(0, end))).toThrow(SyntaxError);
  });
});
