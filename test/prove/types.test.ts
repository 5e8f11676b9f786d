import { describe, expect, it } from 'vitest';
import { KNOWN_SOURCES } from '../../providers/index.ts';
import type { Operation } from '../../src/logic/fact.ts';
import { loadTypes } from '../../src/prove/types.ts';

const types = await loadTypes();

describe('what is known of types', () => {
  it.each<[string, Operation, string | null]>([
    ['aws_db_instance', 'create', 'database'],
    ['aws_db_instance', 'destroy', 'database'],
    ['aws_iam_role', 'update', 'identity'],
    ['external', 'read', 'code-execution'],
    ['external', 'invoke', 'code-execution'],
    ['external', 'create', null],
    ['aws_lambda_invoke', 'invoke', 'code-execution'],
    ['aws_lambda_invoke', 'read', null],
    ['aws_lambda_invoke', 'create', null],
    ['acme_thing', 'create', null],
    ['', 'read', null],
  ])('%s, %s: %s', (type, operation, expected) => {
    expect(types.find(type, operation)?.row.class ?? null).toBe(expected);
  });

  it('a type that is read is the data source of its name first', () => {
    const entries = [...types.all()];
    const both = entries.find(
      ({ type, mode, row }) =>
        mode === 'data' && entries.some((other) => other.mode === 'managed' && other.type === type && other.row !== row),
    );
    if (!both) throw new Error('no type is both');
    expect(types.find(both.type, 'read')?.row).toBe(both.row);
    expect(types.find(both.type, 'invoke')?.row).toBe(both.row);
    expect(types.find(both.type, 'create')?.row).not.toBe(both.row);
  });

  it('everything that can be found is in the list, once', () => {
    const entries = [...types.all()];
    expect(entries.length).toBeGreaterThan(5000);
    expect(new Set(entries.map(({ mode, type, source }) => `${mode} ${type} ${source}`)).size).toBe(entries.length);
    for (const { type, mode, row } of entries.filter((_, i) => i % 97 === 0)) {
      const operation = { managed: 'create', data: 'read', actions: 'invoke' } as const;
      expect(types.find(type, operation[mode])?.row, `${mode} ${type}`).toBe(row);
    }
    expect(types.all()).toBe(types.all());
  });

  it.each<[string, string, readonly string[]]>([
    ['aws_db_instance', 'hashicorp/aws', ['hashicorp/aws']],
    ['google_sql_database_instance', 'hashicorp/google', ['hashicorp/google', 'hashicorp/google-beta']],
    ['kubernetes_secret', 'hashicorp/kubernetes', ['hashicorp/kubernetes']],
    ['random_id', 'hashicorp/random', ['hashicorp/random']],
  ])('%s is of %s', (type, source, sources) => {
    const found = types.find(type, 'create');
    expect([found?.source, found?.sources]).toEqual([source, sources]);
    expect(KNOWN_SOURCES).toContain(source);
  });

  it.each<[string, string | null]>([
    ['aws_db_instance', 'aws'],
    ['google_sql_database_instance', 'google'],
    ['azurerm_mssql_database', 'azurerm'],
    ['kubernetes_secret', 'kubernetes'],
    ['random_id', null],
  ])('the tags of %s stand under %s', (type, carrier) => {
    expect(types.find(type, 'create')?.carrier ?? null).toBe(carrier);
  });

  it('tag keys are compared as the cloud does', () => {
    expect(types.find('azurerm_mssql_database', 'create')?.foldKey('Env')).toBe('env');
    expect(types.find('aws_db_instance', 'create')?.foldKey('Env')).toBe('Env');
  });

  it('every built-in class has a type that can be created: what may be done with it never reads `no` for want of one', () => {
    const had = new Set(
      [...types.all()]
        .filter(({ mode }) => mode === 'managed')
        .flatMap(({ row }) => [
          row.class,
          ...(row.also ?? []),
          row.access_by ? 'access' : null,
          row.exposure_by ? 'exposure' : null,
        ]),
    );
    expect([...types.builtin.keys()].filter((name) => !had.has(name))).toEqual([]);
  });

  it('is gathered once', async () => {
    expect(loadTypes()).toBe(loadTypes());
    expect(await loadTypes()).toBe(types);
  });
});
