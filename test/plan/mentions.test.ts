import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Mentions } from '../../src/plan/mentions.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { mentions } from '../../src/plan/words.ts';

const plan = readFileSync(fileURLToPath(new URL('../../fixtures/stories/aws-postgres-2-cutover/plan.json', import.meta.url)));

/** Both readers: rows that are held, and rows whose bytes are searched. */
describe.each([Number.POSITIVE_INFINITY, 0])('mentions of rows, plans of more than %d bytes in pieces', (wholeUpTo) => {
  const rows = [...parsePlan(plan, 'plan.json', '', wholeUpTo).rows()];
  const texts = rows.flatMap(({ before }) => [before?.id, before?.arn, before?.name].filter((text) => typeof text === 'string'));

  const positions = (text: string, side: (row: (typeof rows)[number]) => (typeof rows)[number]['after']) =>
    rows.flatMap((row, position) => {
      const values = side(row);
      return values !== null && mentions(values, text) ? [position] : [];
    });

  test('are those that a walk over every value finds, whenever a text is asked for', () => {
    const found = new Mentions(rows, () => texts.slice(0, 5));
    let some = 0;
    for (const half of [texts.slice(0, texts.length / 2), texts]) {
      found.seek(half);
      for (const text of half) {
        const before = positions(text, (row) => row.before);
        const staying = positions(text, (row) => row.after ?? row.before);
        expect(found.before(text)).toEqual(before);
        expect([...rows.keys()].filter((position) => found.isBefore(text, position))).toEqual(before);
        expect(found.staying(text)).toEqual(staying);
        for (const position of [...before, ...staying]) expect(found.holds(position)).toBe(true);
        some += before.length;
      }
    }
    expect(some).toBeGreaterThan(texts.length);
  });

  test('know nothing of a text that was not looked for', () => {
    const found = new Mentions(rows);
    found.seek(['no such name anywhere']);
    expect(found.before(texts[0] as string)).toEqual([]);
    expect(rows.filter((_, position) => found.holds(position))).toEqual([]);
  });
});

describe('rows are searched as they stand in the file', () => {
  const values = {
    id: 'db-ABC',
    arn: 'arn:aws:rds:eu-west-1:1:db:orders.example.',
    password: 'see db-ABC\\u002dx and orders-db',
    settings: [{ 'tag:orders-db': 'x', port: 54321 }, 'jdbc:"orders.example":5432/\n', { deep: ['ünï-orders', true, null] }],
    document: JSON.stringify({ host: 'orders.example', path: 'a\\b"c' }),
  };
  const sensitive = { password: true, settings: [{}, false, { deep: true }], document: true };
  const row = (name: string, mask: object) => ({
    address: `aws_db_instance.${name}`,
    mode: 'managed',
    type: 'aws_db_instance',
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: {
      actions: ['no-op'],
      before: values,
      after: values,
      after_unknown: {},
      before_sensitive: mask,
      after_sensitive: mask,
    },
  });
  const changed = (name: string, unknown: object, after: object = values) => {
    const { change, ...rest } = row(name, sensitive);
    return {
      ...rest,
      change: { ...change, actions: ['update'], before: { ...values, id: 'db-OLD' }, after, after_unknown: unknown },
    };
  };
  const text = JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.16.0',
    resource_changes: [
      row('plain', {}),
      row('masked', sensitive),
      row('hidden', { settings: true, arn: true, id: true }),
      changed('updated', {}),
      // What is unknown says nothing, whatever stands there.
      changed('unknown', { arn: true, settings: [{}, true, {}], document: true }),
      changed('unset', { id: true }, { arn: null }),
      // Others are unknown than those that stand there; or those that do, for their mask is that of a list.
      changed('others', { serial: true, settings: [], tags: {} }, { arn: values.arn, document: values.document }),
      changed('misfit', { document: [], arn: false }, { arn: values.arn, document: values.document }),
    ],
  });
  const wanted = [
    'db-ABC',
    'orders-db',
    'orders.example',
    'ünï-orders',
    '54321',
    'tag:orders-db',
    'a\\b"c',
    '-x',
    'b"c',
    'db-OLD',
    'db:orders',
    'host',
  ];

  test.each([Number.POSITIVE_INFINITY, 0])('plans of more than %d bytes in pieces', (wholeUpTo) => {
    const rows = [...parsePlan(Buffer.from(text), 'plan.json', '', wholeUpTo).rows()];
    const found = new Mentions(rows);
    found.seek(wanted);
    for (const one of wanted) {
      const holding = (side: 'before' | 'after') =>
        rows.flatMap((own, position) => (own[side] !== null && mentions(own[side], one) ? [position] : []));
      expect([one, found.before(one)]).toEqual([one, holding('before')]);
      expect([one, found.staying(one)]).toEqual([one, holding('after')]);
    }
    expect(found.before('orders.example')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(found.staying('orders.example')).toEqual([0, 1, 2, 3, 6, 7]);
    expect(found.staying('db-ABC')).toEqual([0, 1, 2, 3, 4]);
    expect(found.before('deep')).toEqual([]);
  });
});
