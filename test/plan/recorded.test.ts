import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import type { PlanFile, ResourceChange } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { isList, isObject, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { countTrue, sortTexts } from './json-oracle.ts';
import { withShared } from './shared.ts';

// biome-ignore lint/suspicious/noExplicitAny: the plans are read here as they are, by another parser
type Raw = any;

/** A suite that is skipped is collected all the same, so the folder may be absent. */
function filesNamed(folder: string, name: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`/${name}`))
    .map((path) => join(folder, path))
    .sort();
}

function unknowns(value: Value | undefined): number {
  if (value === UNKNOWN) return 1;
  if (isList(value)) return value.reduce((sum: number, child) => sum + unknowns(child), 0);
  return isObject(value) ? Object.values(value).reduce((sum: number, child) => sum + unknowns(child), 0) : 0;
}

function rawRows(raw: Raw): Raw[] {
  return [
    ...(raw.resource_changes ?? []),
    ...(raw.deferred_changes ?? []).map((d: Raw) => d.resource_change),
    ...(raw.action_invocations ?? []),
    ...(raw.deferred_action_invocations ?? []).map((d: Raw) => d.action_invocation),
  ];
}

function priorCount(module: Raw): number {
  if (!module) return 0;
  return (module.resources ?? []).length + (module.child_modules ?? []).reduce((sum: number, m: Raw) => sum + priorCount(m), 0);
}

function priorTexts(module: Raw, hidden: Set<string>, open: Set<string>): void {
  for (const r of module?.resources ?? []) sortTexts(r.values, r.sensitive_values, hidden, open);
  for (const m of module?.child_modules ?? []) priorTexts(m, hidden, open);
}

function blockCount(module: Raw): number {
  const own = (module?.resources ?? []).length + (module?.actions ?? []).length;
  return own + Object.values(module?.module_calls ?? {}).reduce((sum: number, call: Raw) => sum + blockCount(call.module), 0);
}

withShared('recorded', 'recorded plans', (folder) => {
  const files = filesNamed(folder, 'plan.json');
  test('all are there', () => expect(files.length).toBeGreaterThanOrEqual(160));

  test.each(files.map((path) => [relative(folder, path), path]))('%s', (_, path) => {
    const bytes = readFileSync(path);
    const raw: Raw = JSON.parse(bytes.toString('utf8'));
    const plan: PlanFile = parsePlan(bytes, 'plan.json');
    const rows: ResourceChange[] = [...plan.rows()];
    const expected = rawRows(raw);
    expect(rows.map((r) => [r.address, r.type, r.actions.join(), r.deposed])).toEqual(
      expected.map((r) => [r.address, r.type, (r.change?.actions ?? []).join(), r.deposed ?? null]),
    );
    // Real plans of real tools have no faults, and every unknown that the masks tell of stands in its row, once.
    expect(rows.flatMap((r) => r.faults)).toEqual([]);
    rows.forEach((r, i) => {
      if (r.mode !== 'action' && r.type !== 'terraform_data') {
        expect([r.address, unknowns(r.after ?? undefined)]).toEqual([r.address, countTrue(expected[i].change.after_unknown)]);
      }
    });
    expect(plan.errored).toBe(raw.errored === true);
    expect(plan.complete).toBe(raw.complete ?? null);
    expect(plan.tool).toBe(path.includes('/opentofu/') ? 'opentofu' : 'terraform');
    expect(plan.drift).toHaveLength((raw.resource_drift ?? []).length);
    expect(plan.checks).toHaveLength((raw.checks ?? []).length);
    expect(plan.prior).toHaveLength(priorCount(raw.prior_state?.values?.root_module));
    expect(plan.configuration.blocks.size).toBe(blockCount(raw.configuration.root_module));
    expect([...plan.variables.keys()].sort()).toEqual(Object.keys(raw.variables ?? {}).sort());
    expect(plan.diagnostics).toEqual([]);
  });

  test('rows that stay or change have their block, except where the block is gone', () => {
    let without = 0;
    let seen = 0;
    for (const path of files) {
      for (const row of parsePlan(readFileSync(path), 'p').rows()) {
        if (!row.actions.some((a) => a === 'create' || a === 'update')) continue;
        seen += 1;
        if (row.block === null) without += 1;
      }
    }
    expect(seen).toBeGreaterThan(500);
    expect(without).toBe(0);
  });

  test('no text that a mask hides comes through, unless it stands in the open elsewhere', () => {
    let planted = 0;
    for (const path of files) {
      const bytes = readFileSync(path);
      // Printing ten megabytes takes longer than all the others together.
      if (bytes.length > 5_000_000) continue;
      const raw: Raw = JSON.parse(bytes.toString('utf8'));
      const hidden = new Set<string>();
      const open = new Set<string>();
      for (const row of [
        ...(raw.resource_changes ?? []),
        ...(raw.deferred_changes ?? []).map((d: Raw) => d.resource_change),
        ...(raw.resource_drift ?? []),
      ]) {
        sortTexts(row.change.before, row.change.before_sensitive, hidden, open);
        sortTexts(row.change.after, row.change.after_sensitive, hidden, open);
      }
      priorTexts(raw.prior_state?.values?.root_module, hidden, open);
      const inTheOpen = [...open].join('\n');
      const secrets = [...hidden].filter((text) => text.length >= 6 && !inTheOpen.includes(text));
      for (const [name, variable] of Object.entries<Raw>(raw.variables ?? {})) {
        const declared = raw.configuration.root_module.variables?.[name];
        if ((declared?.sensitive || declared?.ephemeral) && typeof variable.value === 'string') secrets.push(variable.value);
      }
      planted += secrets.length;
      const plan = parsePlan(bytes, 'p');
      const text = inspect({ plan, rows: [...plan.rows()] }, { depth: Infinity, maxArrayLength: null, maxStringLength: null });
      for (const secret of secrets)
        if (text.includes(secret)) expect.unreachable(`${relative(folder, path)} shows a secret of ${secret.length} characters`);
    }
    expect(planted).toBeGreaterThan(50);
  }, 60_000);

  test('recorded states are named as states', () => {
    const states = filesNamed(folder, 'state.json');
    expect(states.length).toBeGreaterThan(100);
    for (const path of states) {
      try {
        parsePlan(readFileSync(path), 'state.json');
        expect.unreachable(path);
      } catch (error) {
        expect(error).toBeInstanceOf(InlaneError);
        expect((error as InlaneError).code).toBe('plan-wrong-file');
        expect((error as InlaneError).message).toMatch(/state/);
      }
    }
  });
});
