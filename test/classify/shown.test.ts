import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadKnowledge, sourcesOf } from '../../providers/knowledge.ts';
import type { EffectiveTags } from '../../providers/provider.ts';
import { classifyPlan } from '../../src/classify/classify.ts';
import { RowLook } from '../../src/classify/look.ts';
import type { ClassifiedChange, ObjectView } from '../../src/classify/model.ts';
import { LaterRow } from '../../src/plan/later-row.ts';
import type { PlanFile } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { environment, service } from './planned.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');

async function classified(plan: PlanFile): Promise<ClassifiedChange[]> {
  const context = {
    attributes: new Map([environment, service].map((one) => [one.name, one])),
    classes: new Map(),
    builtin: new Map(),
    knowledge: await loadKnowledge(sourcesOf(plan, [...plan.rows()]), new Map()),
    options: { workspace: null, stack: null, accounts: new Map() },
  };
  return [...classifyPlan(plan, context).rows()];
}

const constant = (value: unknown) => ({ constant_value: value });

interface Standing {
  readonly type: string;
  readonly tags?: unknown;
  /** `tags_all`, on AWS. */
  readonly all?: unknown;
  /** Null = it has none. */
  readonly block?: Record<string, unknown> | null;
  readonly settings?: Record<string, unknown>;
  readonly change?: Record<string, unknown>;
}

/** A plan of one row that does nothing, read piece by piece. */
function standing({ type, tags, all, block = {}, settings = {}, change }: Standing): PlanFile {
  const name = type.slice(0, type.indexOf('_'));
  const side = { id: 'b', tags, ...(name === 'aws' ? { tags_all: all } : {}) };
  const masks = { before_sensitive: {}, after_sensitive: {}, after_unknown: {} };
  const own = { address: `${type}.b`, mode: 'managed', type, name: 'b' };
  const full_name = `registry.terraform.io/hashicorp/${name}`;
  const resources = block === null ? [] : [{ ...own, provider_config_key: name, expressions: block }];
  const row = {
    ...own,
    provider_name: full_name,
    change: { actions: ['no-op'], before: side, after: side, ...masks, ...change },
  };
  const configuration = {
    provider_config: { [name]: { name, full_name, expressions: settings } },
    root_module: { resources },
  };
  const plan = { format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, resource_changes: [row], configuration };
  return parsePlan(Buffer.from(JSON.stringify(plan)), 'p', '', 0);
}

/** A look at one side of a row, where one tells anything. */
function lookAt({ change, row }: ClassifiedChange, { side }: ObjectView): RowLook | null {
  return change instanceof LaterRow && change.deferred === null ? new RowLook(change, side, change.type, row) : null;
}

/** What its provider tells by a look of whether an object can carry tags. */
function carries(row: ClassifiedChange, view: ObjectView): boolean {
  const look = lookAt(row, view);
  return look !== null && (row.provider.carriesTags?.(look) ?? false);
}

/** What its provider tells by a look of an object that can carry none, and what it tells by the values. */
function untagged(row: ClassifiedChange, view: ObjectView): { look: EffectiveTags; values: EffectiveTags } | null {
  const { change, provider } = row;
  const { block } = change;
  const look = lookAt(row, view);
  const told = look === null ? null : (provider.untagged?.(look) ?? null);
  if (told === null || look === null) return null;
  const values = view.side === 'before' ? change.before : change.after;
  const otherValues = view.side === 'before' ? change.after : change.before;
  const { type, side, providerBlock } = look;
  const expressions = block?.expressions ?? null;
  const configured = block === null ? null : new Set(block.expressions.keys());
  return {
    look: told,
    values: provider.effectiveTags({ type, row: row.row, side, values, otherValues, configured, providerBlock, expressions }),
  };
}

/** Looks at both sides before their values are read, and compares. Returns how many tags were seen so. */
function looks(rows: readonly ClassifiedChange[], keys: readonly string[]): number {
  let seen = 0;
  for (const row of rows) {
    for (const view of [row.before, row.after]) {
      if (view === null) continue;
      const shown = keys.map((key) => row.provider.foldKey(key)).filter((key) => view.shows(key));
      const once = [environment, service].filter((attribute) => view.speaksOnce(attribute));
      for (const key of shown) expect(view.tags.tags.get(key)?.state, `${row.change.address} ${view.side} ${key}`).toBe('known');
      for (const { name } of once) expect(view.fact(name).sources.length, `${row.change.address} ${name}`).toBeLessThan(2);
      const bare = untagged(row, view);
      if (bare !== null) expect(bare.look, `${row.change.address} ${view.side}`).toEqual(bare.values);
      if (carries(row, view)) expect(view.tags.taggable, `${row.change.address} ${view.side}`).toBe('yes');
      seen += shown.length;
    }
  }
  return seen;
}

describe('a cheap look at the tags of a row that does nothing', () => {
  test('says nothing that its values do not say: every fixture', async () => {
    const paths = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
      .map((name) => join(fixtures, name))
      .filter((path) => /plan.*\.json$/.test(path) && statSync(path).size < 250_000);
    let seen = 0;
    for (const path of paths) {
      let plan: PlanFile;
      try {
        plan = parsePlan(readFileSync(path), path, '', 0);
      } catch {
        continue;
      }
      seen += looks(await classified(plan), ['environment', 'service', 'Name', 'team', 'no such key']);
    }
    expect(seen).toBeGreaterThan(100);
  }, 60_000);

  const bucket = { type: 'aws_s3_bucket', tags: {}, all: { environment: 'b' } };
  const account = { type: 'azurerm_storage_account', tags: { environment: 'b' } };
  test.each<[string, Standing, before: boolean, after: boolean]>([
    ['a text', bucket, true, true],
    ['a text where `tags` is null', { ...bucket, tags: null }, true, true],
    ['no tags', { ...bucket, all: null }, false, false],
    ['another type of value in `tags`', { ...bucket, tags: { environment: ['b'] } }, false, false],
    ['`tags_all` by hand', { ...bucket, block: { tags_all: {} } }, false, false],
    ['no configuration', { ...bucket, block: null }, true, false],
    ['tags that the provider leaves alone', { ...bucket, settings: { ignore_tags: [{}] } }, true, false],
    ['another carrier', { ...bucket, type: 'aws_autoscaling_group' }, false, false],
    ['a secret', { ...bucket, change: { before_sensitive: { tags_all: { environment: true } } } }, false, false],
    ['two sides that differ', { ...bucket, change: { after: { id: 'b', tags: {}, tags_all: {} } } }, false, false],
    ['a text on Azure', { ...account, tags: { Environment: 'b' } }, true, true],
    ['two spellings', { ...account, tags: { Environment: 'b', environment: 'd' } }, false, false],
    ['a letter that folds to ASCII', { ...account, tags: { environment: 'b', '\u212a': 'd' } }, false, false],
    ['a list of words', { type: 'azurerm_api_management_named_value', tags: ['environment'] }, false, false],
  ])('sees %s', async (_, given, before, after) => {
    const [row] = await classified(standing(given));
    expect([row?.before?.shows('environment'), row?.after?.shows('environment')]).toEqual([before, after]);
    looks(await classified(standing(given)), ['environment', 'k']);
  });

  test('sees that it can carry tags', async () => {
    const seen = async (given: Standing) => {
      const [row] = await classified(standing(given));
      return row?.before != null && carries(row, row.before);
    };
    expect(await seen(bucket)).toBe(true);
    expect(await seen({ ...bucket, all: null })).toBe(true);
    expect(await seen({ ...bucket, all: undefined })).toBe(false);
    expect(await seen(account)).toBe(true);
    expect(await seen({ ...account, tags: ['a'] })).toBe(false);
    expect(await seen({ ...account, type: 'azurerm_api_management_named_value' })).toBe(false);
  });

  test('sees that it can carry none', async () => {
    const seen = async (given: Standing) => {
      const [row] = await classified(standing(given));
      return row?.before != null && untagged(row, row.before)?.look.taggable === 'no';
    };
    expect(await seen({ ...bucket, tags: undefined, all: undefined })).toBe(true);
    expect(await seen({ ...bucket, tags: undefined })).toBe(false);
    expect(await seen({ ...bucket, all: undefined })).toBe(false);
    expect(await seen({ ...bucket, type: 'aws_autoscaling_group', tags: undefined, all: undefined })).toBe(false);
    expect(await seen({ ...account, tags: undefined })).toBe(true);
    expect(await seen({ ...account, tags: [] })).toBe(false);
  });

  test('nor of tags and blocks of any shape', async () => {
    const values = fc.constantFrom<unknown>('b', 'b', 'b', 'd', 'd', '', 'x{', 'c"d', 'é', null, true, 1, {}, ['x']);
    const keys = ['environment', 'Environment', 'environ"ment', 'service', ',', 'é'];
    const map = fc.dictionary(fc.constantFrom('environment', 'environment', ...keys), values, {
      maxKeys: 3,
      noNullPrototype: true,
    });
    const tags = fc.oneof(map, map, map, map, fc.constantFrom<unknown>(undefined, null, {}, [], ['x'], 'text'));
    const type = fc.constantFrom(
      'aws_s3_bucket',
      'aws_instance',
      'azurerm_storage_account',
      'azurerm_api_management_named_value',
    );
    const blocks = fc.constantFrom<Record<string, unknown> | null>(null, {}, { tags: {} }, { tags_all: {} });
    const settings = fc.constantFrom<Record<string, unknown>>(
      {},
      { ignore_tags: [{ keys: constant(['environment']) }] },
      { default_tags: [{ tags: constant({ environment: 'b' }) }] },
      { default_tags: [{ tags: { references: ['var.t'] } }] },
    );
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(fc.record({ tags, all: tags, type, block: blocks, settings }), async (given) => {
        seen += looks(await classified(standing(given)), keys);
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(20);
  }, 60_000);
});
