import fc from 'fast-check';
import { expect, it } from 'vitest';
import { known } from '../../src/logic/fact.ts';
import { buildReport } from '../../src/report/build.ts';
import { diagnosticsText } from '../../src/report/formats/diagnostics.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';
import { wholeText } from '../../src/report/formats.ts';
import { spellRow } from '../../src/report/place.ts';
import { reportOfRow } from '../../src/report/row.ts';
import * as s from './samples.ts';
import { expectValid } from './schema.ts';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '\nALLOW  plan.json: all in lane',
        '\r\n::error::x',
        ' ::error::x',
        '##[error]x',
        '##vso[x]',
        '\u001b[2J',
        '\u202e',
        '\u2028',
        '\u009b',
        '\ud800',
        ' ',
        '\u0000',
      ),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));

/** Everything of a plan that reaches a report as text, replaced by what a hostile author could write. */
const reports = fc
  .record({ a: hostile, b: hostile, c: hostile, d: hostile, times: fc.integer({ min: 1, max: 3 }) })
  .map(({ a, b, c, d, times }) => {
    const fact = known('environment', c, [{ from: 'tag', name: d, value: a }]);
    const near = { ...s.NEAR, failed: [{ fact: 'environment', is: c, wants: 'not production', source: d }] };
    const rows = Array.from({ length: times }, (_, index) =>
      s.row(
        s.change(`${a}[${index}]`, [b], {
          type: d,
          provider: c,
          reason: a,
          replacePaths: [b],
          deposed: index === 1 ? c : null,
          previousAddress: d,
        }),
        ['destroy'],
        [
          s.atom('destroy', 'before', 'deny', {
            because: [{ ...s.GUARD, why: a }],
            unknown: [{ fact: `attr.${b}`, path: c, why: d }],
            nearest: [near],
            facts: [{ side: 'before', fact }],
            subject: b,
            note: c,
          }),
        ],
      ),
    );
    const allowed = s.row(s.change(`${b}.x`, ['create'], { type: b }), ['create'], [s.atom('create', 'after', 'allow')]);
    const finding = {
      code: 'tag-missing',
      severity: 'warn' as const,
      address: a,
      deposed: null,
      key: d,
      message: `${a} lacks ${d}`,
      fix: { text: c, insert: null },
      enforce: true,
    };
    return buildReport(
      s.input(
        [...rows, allowed],
        { findings: [finding, finding] },
        {},
        {
          path: 'plan.json',
          drift: [{ address: c, deposed: null, type: 'x', provider: 'y', actions: [d], before: null, after: null }],
          outputs: [{ name: a, actions: [b] }],
          checks: [{ address: d, status: 'fail' }],
          diagnostics: [{ code: 'x', severity: 'warning', message: b, hint: c }],
        },
      ),
    );
  });

const OPENINGS = /^(DENY {2}|create |warning\[|findings$|\d+ (change|output change)s?[ ,]|$)/;

it('forges no line and shows no control character in any format', () => {
  let seen = 0;
  fc.assert(
    fc.property(reports, (report) => {
      const options = { colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: true } as const;
      const first = report.changes[0];
      const outputs = [
        text(report, { ...options, view: 'plan' }),
        text(reportOfRow(report, first ? spellRow(first) : ''), { ...options, view: 'row' }),
        wholeText(json(report, { ...options, view: 'plan' })),
        diagnosticsText([report], ['warning', 'note']),
      ];
      for (const output of outputs) {
        seen += output.length;
        expect(output.replaceAll('\n', '')).not.toMatch(UNSEEN);
        for (const line of output.split('\n')) {
          expect(line.trimStart()).not.toMatch(/^::+[A-Za-z]/);
          expect(line).not.toMatch(/##(\[|vso\[|teamcity\[)/);
        }
      }
      // A verdict at the start of a line is ours, and this plan is denied.
      for (const output of outputs) expect(output).not.toMatch(/^ALLOW/m);
      expect(outputs[0]?.split('\n').filter((line) => /^[A-Z-]+ {2}/.test(line))).toHaveLength(2);
      // Lines that are not continuations begin with words of ours.
      // An operation may stand alone where its address is too long for the same line: then the line goes on below.
      const lines = (outputs[0] ?? '').split('\n');
      for (const [at, line] of lines.entries()) {
        const below = lines[at + 1]?.startsWith(' ') ? ` ${lines[at + 1]?.trimStart()}` : '';
        if (!line.startsWith(' ')) expect(line === 'create' ? line + below : line).toMatch(OPENINGS);
      }
      expect(JSON.parse(outputs[2] ?? '')).toEqual(JSON.parse(JSON.stringify(report)));
      expectValid(report);
    }),
    { numRuns: 150 },
  );
  expect(seen).toBeGreaterThan(10_000);
});
