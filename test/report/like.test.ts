import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gate } from '../../src/gate.ts';
import { gate as publicGate } from '../../src/index.ts';
import { LARGEST_WHOLE } from '../../src/plan/whole.ts';
import { placed } from '../../src/report/change.ts';
import { FORMATS, wholeText } from '../../src/report/formats.ts';
import { LikeChange, LikeChanges } from '../../src/report/like.ts';
import type { Report, ReportChange } from '../../src/report/report.ts';
import { Bench } from '../laws/gated.ts';
import { root } from '../stories.ts';

const bench = new Bench();
afterAll(() => bench.done());

interface Row {
  readonly address: string;
  readonly change: { readonly actions: readonly string[] };
}

const recorded = JSON.parse(
  readFileSync(join(root, 'fixtures/stories/aws-postgres-wrong-remove-before-cutover/plan.json'), 'utf8'),
) as { readonly format_version: string; readonly terraform_version: string; readonly resource_changes: readonly Row[] };

/** Its rows in several modules, each several times, some of them called otherwise than tools do. */
const many = [null, 'module.b["x.y"].module.c[0]'].flatMap((module) =>
  recorded.resource_changes.slice(0, 7).flatMap((row) =>
    [null, 0, 12, 'k', 'q"uo\\te', 'a.b]', 'é', 'odd'].map((index) => {
      const key = index === null ? '' : `[${JSON.stringify(index)}]`;
      const address = `${module === null ? '' : `${module}.`}${row.address}${index === 'odd' ? '[odd]' : key}`;
      return { ...row, address, ...(module && { module_address: module }), ...(index === null ? {} : { index }) };
    }),
  ),
);
const text = JSON.stringify({
  format_version: recorded.format_version,
  terraform_version: recorded.terraform_version,
  resource_changes: many,
});
const options = {
  plans: [bench.write('held.json', text), bench.write('left.json', text + ' '.repeat(LARGEST_WHOLE))],
  lanes: [join(root, 'fixtures/lanes/inlane.yaml')],
  cwd: bench.folder,
  env: {},
  as: 'dana',
  now: '2026-11-20T12:00:00Z',
};

/** But for what is not the same of the two files. */
function comparable(report: Report | undefined): Report {
  return { ...(report as Report), plan: null };
}

describe('rows of a large plan that are told as others', () => {
  it('are most of those that do nothing, and every format says what it says of a plan that is held', async () => {
    const [held, left] = (await gate(options)).reports.map(comparable);
    const idle = many.filter(({ change }) => change.actions[0] === 'no-op').length;
    expect(idle).toBeGreaterThan(70);
    const likes = (report: Report | undefined) => report?.changes.filter((change) => change instanceof LikeChange).length;
    expect(likes(held)).toBe(0);
    expect(likes(left)).toBeGreaterThan(0.9 * idle);
    for (const [name, { load }] of FORMATS) {
      const format = await load();
      for (const changedOnly of [true, false]) {
        const shown = (report: Report | undefined) =>
          wholeText(
            format(report as Report, { view: 'plan', colour: false, width: 100, changedOnly, quiet: false, diagnostics: true }),
          );
        expect(shown(left), name).toBe(shown(held));
      }
    }
  });

  it('are objects of their own for those who use inlane as a library', async () => {
    const [held, left] = (await publicGate(options)).reports.map(comparable);
    expect(held?.changes.length).toBe(many.length);
    expect(left).toStrictEqual(held);
  });

  it('are told where they are written', async () => {
    const [held] = (await gate({ ...options, plans: options.plans.slice(0, 1) })).reports;
    const whole = held?.changes.find((change) => change.operations.length === 0) as ReportChange;
    const likes = new LikeChanges();
    const at = (line: number) => ({ place: { file: 'main.tf', line }, why: null });
    const sources = [at(3), at(3), at(4), { place: null, why: 'its block is gone' }, { place: null, why: 'it is no HCL' }, at(3)];
    const entries = sources.map((source, index) => likes.placed(new LikeChange(whole, { address: `a.b[${index}]` }), source));
    for (const [index, entry] of entries.entries()) {
      const wanted = placed({ ...whole, address: `a.b[${index}]` }, sources[index] as (typeof sources)[number]);
      expect(JSON.stringify(entry)).toBe(JSON.stringify(wanted));
      for (const [key, value] of Object.entries(wanted)) expect(entry[key as keyof ReportChange], key).toEqual(value);
    }
    expect(entries[1]?.like).toBe(entries[0]?.like);
  });
});
