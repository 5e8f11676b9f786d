import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Counts, crossCheck, type Mismatch, smallest, sum } from './check.ts';
import { permits, preparse } from './oracle.ts';
import { FACTS, WHO } from './pool.ts';
import { Translator } from './translate.ts';

// `INLANE_CASES=200000 npx vitest run test/cedar` for a long run; `INLANE_SEED` for another one.
const cases = Number(process.env.INLANE_CASES ?? 4000);
const seed = Number(process.env.INLANE_SEED ?? 1);

const SECTIONS = ['lanes', 'guards', 'freezes', 'grants', 'ceilings', 'tiers', 'scope', 'refines', 'deny', 'require', 'enforce'];
const FORMS = ['any', 'all', 'not', 'glob', 'exists', 'lt', 'lte', 'gt', 'gte', 'same_as', 'only', 'none', 'unless', 'do', 'who'];

describe('Cedar as oracle', () => {
  let counts: Counts;
  let mismatches: readonly Mismatch[];
  beforeAll(
    async () => {
      ({ counts, mismatches } = await crossCheck({ cases, seed }));
      console.log(summary(counts));
    },
    60_000 + cases * 50,
  );

  it('the same verdict and approvals on known facts; on unknown ones never milder than any way to fill them in', async () => {
    const told = await Promise.all(
      mismatches.slice(0, 3).map(async (one) => `${one.what} (seed ${one.seed})\n${stringify(await smallest(one))}`),
    );
    expect(told.join('\n')).toBe('');
    expect(mismatches.length).toBe(0);
  });

  it('sees cases of every kind', () => {
    const decisions = sum(counts.verdicts);
    expect(decisions).toBeGreaterThanOrEqual(cases);
    expect(cases).toBeGreaterThan(0);
    for (const [verdict, count] of Object.entries(counts.verdicts)) expect(count / decisions, verdict).toBeGreaterThan(0.1);
    const unknowns = sum(counts.withUnknowns);
    expect(unknowns / decisions).toBeGreaterThan(0.25);
    expect((counts.withUnknowns.allow + counts.withUnknowns['needs-approval']) / unknowns).toBeGreaterThan(0.1);
    expect(counts.completions).toBeGreaterThan(2 * unknowns);
    expect(counts.asked).toBeGreaterThan(decisions);
  });

  it('sees every fact and every form of rule and matcher', () => {
    const expected = [...SECTIONS, ...FORMS, ...FACTS.map(({ key }) => key), ...WHO.map(({ key }) => key)];
    expect(expected.filter((key) => !counts.keys.has(key))).toEqual([]);
  });

  it('writes lanes as Cedar: a grant wants to be sure, a guard is content with not knowing', () => {
    const lanes = `
      level: org
      attributes: {environment: {values: {production: [prod], development: []}}}
      lanes:
        all: {who: anyone, may: {do: create, environment: {not: prod}, tag.owner: {not: dana}}}
      guards:
        - {id: owned, deny: destroy, tag.owner: {not: dana}, unless: {attr.size: {lt: 5}}}
      ceilings:
        - {id: shop, may: {module: {glob: "module.shop.**"}}}`;
    const { main } = new Translator([parse(lanes)], { classNames: [], paths: [] }).policies();
    const has = 'context.tag has "owner"';
    const notDana = `(${has} && !((${has} && context.tag["owner"] == "dana")))`;
    const size = 'context.attr["size"]';
    const small = `(context.attr has "size" && ${size} has number && ${size}.number < 5)`;
    const like = (glob: string) => `context["module"] like "${glob}"`;
    expect(Object.entries(main).map(([id, policy]) => `${id}: ${policy.replace('(principal, action, resource) ', '')}`)).toEqual([
      `lane all 0: permit when { (action in [Action::"create"] && !(context["environment"] == "production") && ${notDana}) };`,
      `forbid owned: forbid when { (action in [Action::"destroy"] && ((${notDana} || !(${has})) && !(${small}))) } unless { false };`,
      `ceiling shop: forbid when { true } unless { (context has "module" && (${like('module.shop.**')} || ${like('module.shop')})) };`,
    ]);
  });

  it('a policy that Cedar skips for an error is no answer', () => {
    preparse('skipped', {
      open: 'permit (principal, action, resource);',
      guard: 'forbid (principal, action, resource) when { context.tag.environment == "production" };',
    });
    expect(() => permits('skipped', 'dana', 'destroy', { tag: {} })).toThrow('policies with errors');
    expect(permits('skipped', 'dana', 'destroy', { tag: { environment: 'production' } })).toBe(false);
    expect(() => preparse('broken', { one: 'permit (principal);' })).toThrow();
  });
});

function summary({ verdicts, withUnknowns, completions, asked, coarse }: Counts): string {
  const [decisions, unknowns] = [sum(verdicts), sum(withUnknowns)];
  const share = (count: number, of: number) => `${count} (${((100 * count) / Math.max(of, 1)).toFixed(1)} %)`;
  const shares = (all: Counts['verdicts']) =>
    Object.entries(all)
      .map(([name, n]) => `${name} ${share(n, sum(all))}`)
      .join(', ');
  return [
    `Cedar, seed ${seed}: ${decisions} decisions: ${shares(verdicts)}`,
    `${unknowns} with unknown facts: ${shares(withUnknowns)}; ${completions} completions`,
    `${share(coarse, unknowns)} denied though no completion is; ${asked} questions to Cedar`,
  ].join('\n  ');
}
