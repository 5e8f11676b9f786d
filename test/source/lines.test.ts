import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stripKeys } from '../../src/plan/address.ts';
import type { ResourceChange } from '../../src/plan/model.ts';
import { readPlan } from '../../src/plan/read.ts';
import { workingTree } from '../../src/source/files.ts';
import { ModuleTree } from '../../src/source/tree.ts';
import { root, shared } from '../stories.ts';
import { placeOf } from './memory.ts';

/** Where HashiCorp's own parsers see each block (test/source/oracle): stack -> static address -> `file:line`. */
const LINES = JSON.parse(readFileSync(join(root, 'fixtures/source/lines.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;

/** A module whose `source` is made of variables: the oracle cannot follow it. Read by eye. */
LINES['recorded/terraform-new/module-source-from-variable'] = { 'module.this.random_pet.this': 'modules/queue/main.tf:6' };

interface Row {
  readonly change: ResourceChange;
  readonly place: string | null;
  readonly why: string | null;
  readonly expected: string | null;
}

async function rowsOf(base: string, stack: string): Promise<Row[]> {
  const plan = await readPlan(join(base, stack, 'plan.json'), {});
  const tree = new ModuleTree(workingTree(join(base, stack)), {
    tofu: plan.tool === 'opentofu',
    sources: plan.configuration.sources,
  });
  const rows: Row[] = [];
  for (const change of plan.rows()) {
    const place = await placeOf(change, tree);
    const found = 'found' in place ? `${place.found.file}:${place.found.line}` : null;
    rows.push({ change, place: found, why: 'why' in place ? place.why : null, expected: expected(change, LINES[stack] ?? {}) });
  }
  return rows;
}

/** By the oracle: the block of the address, or the `removed` block of it or of a module around it. */
function expected(change: ResourceChange, lines: Record<string, string>): string | null {
  const address = stripKeys(change.address);
  const own = lines[address];
  if (own !== undefined) return own;
  const removed = Object.entries(lines).find(
    ([key]) => key.startsWith('removed ') && (address === key.slice(8) || address.startsWith(`${key.slice(8)}.`)),
  );
  return removed?.[1] ?? null;
}

const all: Row[] = [];

for (const [base, folder] of [
  [root, 'fixtures/source'],
  [root, 'fixtures/stories'],
  [shared, 'recorded'],
] as const) {
  const here = existsSync(join(base, folder));
  describe.skipIf(!here)(`${folder}: every line is the one that HashiCorp's parsers see`, () => {
    const stacks = here
      ? (readdirSync(join(base, folder), { recursive: true }) as string[])
          .filter((file) => file.endsWith('plan.json'))
          .map((file) => join(folder, dirname(file)))
          .sort()
      : [];

    it.each(stacks)('%s', async (stack) => {
      expect(LINES[stack]).toBeDefined();
      const rows = await rowsOf(base, stack);
      all.push(...rows);
      for (const { change, place, why, expected } of rows)
        expect([change.address, place ?? why]).toEqual([change.address, expected ?? why]);
    });
  });
}

describe('over all of them', () => {
  it('at least 95 of 100 rows with a block have a line', () => {
    const declared = all.filter(({ change }) => change.block !== null);
    expect(declared.length).toBeGreaterThan(150);
    expect(declared.filter(({ place }) => place !== null).length / declared.length).toBeGreaterThanOrEqual(0.95);
  });

  it('a row without a line says why', () => {
    for (const { place, why } of all) expect((place === null) === (why !== null && why !== '')).toBe(true);
  });

  it('what is gone stands at its `removed` block, or says that it is gone', () => {
    const gone = all.filter(({ change }) => change.block === null);
    expect(gone.length).toBeGreaterThan(20);
    expect(gone.filter(({ place }) => place !== null).length).toBeGreaterThan(1);
    for (const { place, why } of gone) if (place === null) expect(why).toBe('its block is gone from the configuration');
  });
});
