import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Structure, scanStructure } from '../../src/plan/scanner.ts';
import { verdictOf } from './json-oracle.ts';
import { Trickle } from './trickle.ts';

/** Bytes that the scanner takes at a time, and levels that it follows. */
const BLOCK = 1 << 20;
const DEEPEST = 500;

function scan(bytes: Buffer, most = BLOCK): Structure | null {
  return scanStructure(new Trickle(bytes, most));
}

function pieces({ rows, objects }: Structure) {
  return [rows, objects].flatMap((list) => [...Array(list.length).keys()].map((index) => list.get(index)));
}

function scanned(text: string | Buffer, most = BLOCK): ReturnType<typeof verdictOf> {
  const structure = scan(Buffer.from(text as string), most);
  if (structure === null) return 'refused';
  return [...structure.members, ...pieces(structure)].every(({ sure }) => sure) ? 'sure' : 'unsure';
}

/** All spans of a structure, counted from `origin`. */
function spans(structure: Structure | null, origin: number): unknown {
  if (structure === null) return null;
  const { rows, objects, modules, members, tags } = structure;
  const at = (place: number) => (place < 0 ? null : place - origin);
  const list = ({ start, end }: { start: number; end: number }) => [at(start), at(end)];
  return {
    members: members.map(({ key, value, sure }) => [list(key), list(value), sure]).slice(1),
    pieces: [rows, objects].map(({ length }, which) =>
      [...Array(length).keys()].map((index) => {
        const { sure, ...places } = (which === 0 ? rows : objects).get(index);
        return [sure, ...Object.values(places).map(at)];
      }),
    ),
    tags: [...Array(rows.length).keys()].map((index) =>
      (['tags', 'tags_all'] as const).map((name) => {
        const span = tags.span(index, name);
        return span && list(span);
      }),
    ),
    modules: modules.map(({ address, objects: own }) => [address && list(address), own]),
  };
}

const letters = (length: number) => 'abcdefghijklmnopqrstuvwxyz'.repeat(4).slice(0, length);
const LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];

/** Everything there is, with a key of each length, behind a member whose value is `pad` bytes long. */
function plan(pad: number): { text: string; origin: number } {
  const start = `{"pad":"${'x'.repeat(pad)}"`;
  const values = `{${LENGTHS.map((length) => `"${letters(length)}":"${letters(length)}"`)},"tags":{"a\\n":"b"},"tags_all":{ },"n":[0,-1,12345678,1234567,0.25,-0.5,1e9,[],{},[ ],{ "x" : null }]}`;
  const row = `{"address":"a\\"\\\\\\u00e9é€😀","change":{"before":${values},"after":\t[true,false,null] , "x":{}},"b":1}`;
  const state = `{"values":{"root_module":{"resources":[{"values":${values}},7],"child_modules":[{"resources":[{}],"address":"m\\u0031"}]}}}`;
  return { text: `${start},"resource_changes":[${row},"r",\r\n${row}],"prior_state":${state},"z":12} `, origin: start.length };
}

describe('the scanner of large plans at the borders of what it takes at a time', () => {
  const wanted = spans(scan(Buffer.from(plan(0).text)), plan(0).origin);

  test('finds the same wherever 64 bytes end', () => {
    expect(JSON.stringify(wanted)).toContain('true');
    for (let pad = 0; pad <= 130; pad += 1) {
      const { text, origin } = plan(pad);
      expect(spans(scan(Buffer.from(text)), origin), `pad ${pad}`).toEqual(wanted);
      expect(spans(scan(Buffer.from(' '.repeat(pad) + plan(0).text)), pad + plan(0).origin)).toEqual(wanted);
    }
  });

  test('finds the same wherever a block ends', () => {
    const { text, origin } = plan(0);
    for (let most = 1; most < 200; most += 1)
      expect(spans(scan(Buffer.from(text), most), origin), `most ${most}`).toEqual(wanted);
    const length = Buffer.byteLength(text);
    for (let cut = 0; cut <= length - origin; cut += 7) {
      const { text: long, origin: at } = plan(BLOCK - origin - cut);
      expect(spans(scan(Buffer.from(long)), at), `cut ${cut}`).toEqual(wanted);
    }
  }, 30_000);

  test('refuses every beginning of a plan, and what stands behind it', () => {
    const bytes = Buffer.from(plan(3).text.trimEnd());
    for (let end = 0; end < bytes.length; end += 1) {
      expect(scan(bytes.subarray(0, end)), `${end}`).toBeNull();
      expect(scan(bytes.subarray(0, end), 1 + (end % 70)), `${end}`).toBeNull();
    }
    expect(scan(bytes)).not.toBeNull();
    for (const garbage of ['x', '{}', ',', '"', '}', '0', '\\', '\0', '\u000b', '/', ':']) {
      for (const most of [1, 64, BLOCK]) expect(scan(Buffer.from(`${bytes}  ${garbage} `), most)).toBeNull();
    }
  });

  test('tells control characters and bytes that are no UTF-8 from others wherever they stand', () => {
    for (let place = 0; place < 140; place += 1) {
      const text = (c: string) => `{"a":"${'x'.repeat(place)}${c}${'y'.repeat(70)}","b":1}`;
      const control = String.fromCharCode(place % 32);
      expect(scanned(text('z'))).toBe('sure');
      expect(scanned(text(control)), JSON.stringify(control)).toBe('refused');
      expect(scanned(text('"').replace('yy"', '"'))).toBe('refused');
      expect(scanned(`{"a":${' '.repeat(place)}1,"b":[${control}]}`)).toBe(/[\t\n\r]/.test(control) ? 'sure' : 'refused');
      const bytes = Buffer.from(text('z'));
      bytes[6 + place] = 0x80 + (place % 0x80);
      expect(scanned(bytes)).toBe('refused');
      // What shapes of structure would be with another bit.
      for (const c of ['\u0002', '\u000c', '\u001a', '\u001b', '\u001d']) {
        expect(scanned(`{"a":${' '.repeat(place)}[1]${c}"b":1}`)).toBe('refused');
      }
    }
  });

  test('tells escapes from others wherever they stand', () => {
    const escapes = [
      '\\"',
      '\\\\',
      '\\/',
      '\\b',
      '\\f',
      '\\n',
      '\\r',
      '\\t',
      '\\u0000',
      '\\uD83D',
      '\\ufFfF',
      '\\\\\\"',
      '\\\\\\\\',
    ];
    const broken = [
      '\\a',
      '\\0',
      '\\u',
      '\\u12',
      '\\u123g',
      '\\uG123',
      '\\U0041',
      '\\x41',
      '\\ ',
      '\\\\\\',
      '\\é',
      '\\\n',
      '\\1',
      '\\{',
    ];
    for (let place = 0; place < 70; place += 1) {
      const text = (c: string) => `{"a":"${'x'.repeat(place)}${c}","b":["${c}",1]}`;
      for (const most of [1, 5, 64, BLOCK]) {
        for (const c of escapes) expect(scanned(text(c), most), text(c)).toBe('sure');
        for (const c of broken) expect(scanned(text(c), most), text(c)).toBe('refused');
      }
      for (const c of escapes) {
        expect(scanned(`{"${'k'.repeat(place)}${c}":1}`), c).toBe('unsure');
        expect(scanned(`{${' '.repeat(place)}${c}"a":1}`), c).toBe('refused');
        expect(scanned(`{"a":[1${' '.repeat(place)}${c}]}`), c).toBe('refused');
      }
    }
  });

  test('tells keys apart by each of their bytes, and finds those that stand twice far apart', () => {
    for (let length = 1; length <= 50; length += 1) {
      const key = letters(length);
      const others = [...key].map((_, at) => `${key.slice(0, at)}_${key.slice(at + 1)}`);
      const keys = [...others, key.slice(1), `${key}_`, key].map((name) => `"${name}":{"x":1}`);
      expect(scanned(`{"a":{${keys}}}`), key).toBe('sure');
      expect(scanned(`{"a":{${keys},"y":${'[1]'.padEnd(5000)},"${key}":0}}`), key).toBe('unsure');
      expect(scanned(`{"a":{"${key}":1,${keys}}}`, 40), key).toBe('unsure');
    }
    // Objects of many keys within each other: each keeps its own apart.
    const many = (depth: number, more: string): string => {
      const own = [...Array(700).keys()].map((number) => {
        return `"k${number}":${depth > 0 && number % 300 === 299 ? many(depth - 1, more) : number}`;
      });
      return `{${own}${more}}`;
    };
    expect(scanned(`{"a":[${many(2, '')},${many(0, '')}]}`)).toBe('sure');
    for (const again of [0, 255, 256, 299, 650, 699]) {
      expect(scanned(`{"a":[${many(2, '')},${many(0, `,"k${again}":0`)}]}`)).toBe('unsure');
      expect(scanned(`{"a":${many(0, '').slice(0, -1)},"x":${many(1, '')},"k${again}":0}}`)).toBe('unsure');
    }
    // The same key in other objects is none that stands twice.
    expect(scanned('{"a":{"a":{"a":[{"a":1},{"a":2}],"b":{"a":1}},"b":1},"b":{"a":1}}')).toBe('sure');
    expect(scanned('{"a":{"a":{"a":[{"a":1},{"a":2}],"b":{"a":1}},"b":1,"a":{}},"b":{"a":1}}')).toBe('unsure');
  });

  test('takes each number and word as JSON does, at every end', () => {
    const numbers = ['0', '-1', '7', '12', '1234567', '12345678', '123456789', '0.5', '-12.75', '123456789012345'];
    const odd = ['-0', '-0.5', '1e5', '1E+5', '2e-7', '1234567890123456', '0.12345678901234', '-12345678901234.5'];
    const none = [
      '00',
      '01',
      '-',
      '-a',
      '1.',
      '.5',
      '1.e5',
      '1e',
      '1e+',
      '+1',
      '1_0',
      '0x1',
      '1a',
      '12345678a',
      'NaN',
      '1-1',
      '1"',
      '1:',
    ];
    const noWords = [
      'tru',
      'truee',
      'True',
      'nul',
      'nulll',
      'fals',
      'falsy',
      'falsee',
      'true false',
      'nullnull',
      "'a'",
      '"a" "b"',
    ];
    for (const most of [1, 3, 8, BLOCK]) {
      const put = (value: string) => [
        `{"a":${value}}`,
        `{"a":[${value}]}`,
        `{"a":[${value},${value}],"b":\n${value}\t,"c":[ ${value} ]}`,
      ];
      for (const value of [...numbers, 'true', 'false', 'null'])
        for (const text of put(value)) expect(scanned(text, most), text).toBe('sure');
      for (const value of odd) for (const text of put(value)) expect(scanned(text, most), text).toBe('unsure');
      for (const value of [...none, ...noWords]) for (const text of put(value)) expect(scanned(text, most), text).toBe('refused');
    }
  });

  test('counts depth alike for lists and objects, with and without something in them', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":', '}]'],
    ] as const) {
      const levels = open.length > 5 ? 2 : 1;
      for (const inner of ['', '1', '{}', '[ ]']) {
        if (inner === '' && open !== '[') continue;
        for (let depth = DEEPEST - 3; depth <= DEEPEST + 3; depth += 1) {
          const count = Math.floor((depth - 1) / levels);
          const text = `{"x":${open.repeat(count)}${inner}${close.repeat(count)}}`;
          const deepest = 1 + count * levels + (inner === '{}' || inner === '[ ]' ? 1 : 0);
          if (deepest <= DEEPEST) expect(scanned(text), `${deepest}`).toBe('sure');
          else expect(scanned(text), `${deepest}`).toBe('refused');
        }
      }
    }
  });

  test('finds more pieces than its tables hold at a time', () => {
    const many = 20_000;
    const rows = scan(Buffer.from(`{"resource_changes":[${Array(many).fill('1').join()},{}]}`))?.rows;
    expect(rows?.length).toBe(many + 1);
    expect([rows?.get(0), rows?.get(many - 1), rows?.get(many)].map((row) => [row?.start, row?.end])).toEqual(
      [0, many - 1, many].map((index) => [21 + 2 * index, 21 + 2 * index + (index === many ? 2 : 1)]),
    );
    const module = (index: number) => `{"resources":[${Array(index % 3).fill('{}')}],"address":"m${index}"}`;
    const modules = [...Array(many).keys()].map(module);
    const state = scan(Buffer.from(`{"prior_state":{"values":{"root_module":{"child_modules":[${modules}]}}}}`));
    expect(state?.modules.length).toBe(many + 1);
    expect(state?.modules.slice(1).map(({ objects }) => objects.end - objects.start)).toEqual(
      modules.map((_, index) => index % 3),
    );
    expect(state?.objects.length).toBe(state?.modules.at(-1)?.objects.end);
    const members = [...Array(many).keys()].map((index) => `"${index}":0`);
    expect(scan(Buffer.from(`{${members.slice(0, 16_000)}}`))?.members.length).toBe(16_000);
  });

  test('says of a changed document what JSON.parse and a look at its keys say', () => {
    const counts = { sure: 0, unsure: 0, refused: 0 };
    const base = fc.oneof(
      fc.json({ maxDepth: 4 }).map((json) => `{"resource_changes":[${json},${json}],"y":${json}}`),
      fc.constant(plan(5).text),
    );
    const piece = fc.oneof(
      fc.constantFrom(...'"\\{}[],:0-.e1 \n\t/'),
      fc.constantFrom('', 'null', 'true', '"a":1,', '"a":', '\\u0061', '\\"', 'é', '\u0000', '{}', '[]', '1e5', '""'),
    );
    fc.assert(
      fc.property(
        base,
        fc.nat(),
        fc.nat(3),
        piece,
        fc.constantFrom(0, 1, '\t'),
        fc.constantFrom(1, 7, 64, 200, BLOCK),
        (text, at, removed, put, indent, most) => {
          const given = indent === 0 ? text : JSON.stringify(JSON.parse(text), null, indent);
          const bytes = Buffer.from(given);
          const place = at % (bytes.length + 1);
          const changed = Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + removed)]);
          const verdict = scanned(changed, most);
          expect(verdict, changed.toString()).toBe(verdictOf(changed));
          counts[verdict] += 1;
        },
      ),
      { numRuns: 2000, seed: 20261129 },
    );
    expect(Math.min(counts.sure, counts.unsure, counts.refused)).toBeGreaterThan(80);
  }, 30_000);
});
