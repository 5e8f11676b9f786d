import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCatalogText } from '../../providers/catalog-file.ts';

const root = fileURLToPath(new URL('../../providers/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]catalog\.json$/.test(name));
const SECTIONS = ['managed', 'data', 'actions'] as const;

describe('a catalog read row by row', () => {
  it.each(files)('%s says what JSON.parse reads in it', (file) => {
    const text = readFileSync(`${root}${file}`, 'utf8');
    const whole = JSON.parse(text) as Record<string, Record<string, unknown>>;
    for (const section of SECTIONS) {
      const rows = Object.entries(whole[section] ?? {});
      const single = readCatalogText(text)[section];
      for (const [type, row] of rows) expect(single.get(type)).toEqual(row);
      const all = readCatalogText(text)[section];
      expect([...all]).toEqual(rows);
      expect(all.size).toBe(rows.length);
    }
  });

  it('knows every catalog that there is', () => expect(files.length).toBeGreaterThan(5));

  const text =
    '{\n  "provider": ["x/y"],\n  "managed": {\n    "a_b": {"class":null},\n    "a_c": {"class":"queue"}\n  },\n  "data": {\n    "a_d": {"class":"dns"}\n  },\n  "actions": {}\n}\n';

  it('keeps sections apart and finds nothing for names that a plan makes up', () => {
    const { managed, data, actions } = readCatalogText(text);
    expect([managed.has('a_b'), managed.has('a_d'), data.has('a_b'), data.has('a_d')]).toEqual([true, false, false, true]);
    expect([...actions]).toEqual([]);
    for (const odd of ['constructor', '__proto__', 'class', '', 'a_b": {"class', 'data', '\n    "a_b']) {
      expect(managed.get(odd)).toBeUndefined();
    }
  });

  it('refuses a file that is cut off anywhere', () => {
    for (let end = 0; end < text.length; end += 1) expect(() => readCatalogText(text.slice(0, end))).toThrow(SyntaxError);
  });
});
