import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import type { PriorObject } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { parseState } from '../../src/plan/state.ts';
import { Sensitive } from '../../src/plan/value.ts';
import { withShared } from './shared.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const read = (value: unknown) => parseState(bytes(value), 'state.json');

const RAW = {
  version: 4,
  terraform_version: '1.11.4',
  serial: 3,
  lineage: 'x',
  outputs: {},
  resources: [
    {
      mode: 'managed',
      type: 'aws_sqs_queue',
      name: 'jobs',
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        { schema_version: 0, attributes: { arn: 'arn:aws:sqs:eu-west-1:1:jobs', tags: { a: 'b' } }, sensitive_attributes: [] },
      ],
    },
    {
      module: 'module.shop["eu.west"]',
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'main',
      provider: 'module.shop.provider["registry.opentofu.org/hashicorp/aws"].west',
      instances: [
        {
          index_key: 'a"b',
          attributes: { id: 'db-1', password: 'hunter2', engine: 'postgres', master: { note: 'geheim' } },
          sensitive_attributes: [
            [
              { type: 'get_attr', value: 'master' },
              { type: 'get_attr', value: 'note' },
            ],
          ],
          dependencies: ['aws_sqs_queue.jobs'],
        },
        { index_key: 1, deposed: '0a1b', attributes: { id: 'db-0' } },
      ],
    },
    {
      mode: 'data',
      type: 'aws_region',
      name: 'here',
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes: { id: 'eu-west-1' } }],
    },
  ],
  check_results: null,
};

describe('a raw state of version 4', () => {
  const { objects, version } = read(RAW);
  it('has an object for each instance, with its address, provider, key and deposed key', () => {
    expect(version).toBe('1.11.4');
    expect(
      objects.map(({ address, provider, mode, deposed, moduleAddress }) => ({ address, provider, mode, deposed, moduleAddress })),
    ).toEqual([
      { address: 'aws_sqs_queue.jobs', provider: 'hashicorp/aws', mode: 'managed', deposed: null, moduleAddress: null },
      {
        address: 'module.shop["eu.west"].aws_db_instance.main["a\\"b"]',
        provider: 'hashicorp/aws',
        mode: 'managed',
        deposed: null,
        moduleAddress: 'module.shop["eu.west"]',
      },
      {
        address: 'module.shop["eu.west"].aws_db_instance.main[1]',
        provider: 'hashicorp/aws',
        mode: 'managed',
        deposed: '0a1b',
        moduleAddress: 'module.shop["eu.west"]',
      },
      { address: 'data.aws_region.here', provider: 'hashicorp/aws', mode: 'data', deposed: null, moduleAddress: null },
    ]);
  });
  it('masks what it marks as sensitive and what has the name of a secret', () => {
    const values = objects[1]?.values;
    expect(values?.password).toBeInstanceOf(Sensitive);
    expect(values?.master).toBeInstanceOf(Sensitive);
    expect(values?.engine).toBe('postgres');
    expect(JSON.stringify(objects)).not.toMatch(/hunter2|geheim/);
  });
});

describe('what is no state is named', () => {
  it.each([
    ['empty', '', 'empty'],
    ['an older state', { version: 3, serial: 1, resources: [], modules: [] }, 'a state of version 3'],
    ['a provider schema', { format_version: '1.0', provider_schemas: {} }, 'no state'],
    [
      'a plan without prior state',
      { format_version: '1.2', planned_values: {}, resource_changes: [] },
      'a plan without a prior state',
    ],
    ['an unknown format', { format_version: '9.0', values: {} }, 'a `format_version` that is not known'],
    [
      'an encrypted state',
      { serial: 1, lineage: 'x', meta: {}, encrypted_data: 'AAAA', encryption_version: 'v0' },
      'an encrypted OpenTofu state',
    ],
    ['something else', { hello: 'world' }, 'no state'],
    ['a cut file', '{"format_version":"1.0","val', ''],
    ['an entry that is no object', { ...RAW, resources: [7] }, 'an entry that is no object'],
  ])('%s', (_, value, words) => {
    let error: unknown;
    try {
      read(value);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(InlaneError);
    expect((error as InlaneError).message).toContain(words);
    expect((error as InlaneError).hint).not.toBeNull();
  });
  it('but an empty state is one: nothing stands', () => {
    expect(read({ format_version: '1.0' }).objects).toEqual([]);
    expect(read({ ...RAW, resources: [] }).objects).toEqual([]);
  });
});

withShared('recorded', 'recorded states', (folder) => {
  const states = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /(?:^|\/)state\.json$/.test(file));
  it('are there', () => expect(states.length).toBeGreaterThan(100));
  it('hold what the plan made after them has as its prior state', () => {
    let compared = 0;
    for (const file of states) {
      const path = join(folder, file);
      const state = parseState(readFileSync(path), file);
      const plan = path.replace(/state\.json$/, 'plan.json');
      if (!existsSync(plan)) continue;
      const prior = [...parsePlan(readFileSync(plan), file).prior];
      // The prior state has the new addresses of what moves.
      const text = readFileSync(plan, 'utf8');
      const moved = text.includes('"previous_address"');
      const names = (objects: readonly PriorObject[]) =>
        objects
          .filter(({ mode }) => mode === 'managed')
          .map(({ address, type, deposed }) => (moved ? `${deposed}` : `${address} ${type} ${deposed}`));
      const known = new Set(names(state.objects));
      // A refresh may find that something is gone; it makes nothing up but what is imported.
      const made = names(prior).filter((name) => !known.has(name));
      const imported = text.includes('"importing"');
      expect(imported ? [] : made, file).toEqual([]);
      compared += names(prior).length;
    }
    expect(compared).toBeGreaterThan(500);
  });
});
