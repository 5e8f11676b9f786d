import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/report/build.ts';
import { html } from '../../../src/report/formats/html.ts';
import { reportOfRow } from '../../../src/report/row.ts';
import { reportSet } from '../../../src/report/set.ts';
import * as s from '../samples.ts';
import { located, PLAN } from './samples.ts';
import { htmlProblems } from './valid.ts';

const report = buildReport(
  s.input([
    s.deniedReplace(),
    ...Array.from({ length: 30 }, (_, i) => s.deniedQueue(`jobs[${i}]`)),
    s.allowedQueue('ok'),
    s.idle('aws_vpc.main'),
  ]),
);
const page = html(report, PLAN);
const words = (text: string) => text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

describe('the page of a report', () => {
  it('stands alone: its policy allows its own style and script, and nothing reaches out', () => {
    const digest = (tag: string) => {
      const found = [...page.matchAll(new RegExp(`<${tag}>([^\u0000]*?)</${tag}>`, 'g'))];
      expect(found).toHaveLength(1);
      return `'sha256-${hash('sha256', found[0]?.[1] ?? '', 'base64')}'`;
    };
    expect(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]).toBe(
      `default-src 'none'; style-src ${digest('style')}; script-src ${digest('script')}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/\son\w+=|\sstyle=|\ssrc=|url\(|@import|https?:/i);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(` id="${target}"`);
  });

  it('has the verdict in its first heading, and a box for each group, the gravest first', () => {
    expect(words(/<h1>(.*?)<\/h1>/.exec(page)?.[1] ?? '')).toBe(
      '✕deny plan.json: 31 of 32 changes out of lane for dana (human; developers)',
    );
    expect([...page.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, head]) => words(head ?? ''))).toEqual([
      '✕deny destroy + create aws_db_instance.main',
      '✕deny 30 x create aws_sqs_queue',
      '✓allow create aws_sqs_queue.ok, lane developer',
      '✓allow 1 row without effect',
    ]);
    // Each row once, for the filter.
    expect([...page.matchAll(/ data-text="/g)]).toHaveLength(report.changes.length);
  });

  it('has a matrix of what was decided, by class and operation', () => {
    const [table = ''] = /<table[\s\S]*?<\/table>/.exec(page) ?? [];
    const rows = [...table.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
      [...(row ?? '').matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => words((cell ?? '').replace('<br>', ' '))),
    );
    expect(rows).toEqual([
      ['class', 'destroy', 'create'],
      ['database', '1 ✕deny', '1 ✕deny'],
      ['queue', '-', '30 ✕deny 1 ✓allow'],
    ]);
  });

  it('shows the place of a row, and what to copy as it stands', () => {
    const text = html(located(), PLAN);
    expect(text).toContain('<span class="at">db.tf:12</span>');
    expect(text).toContain('<pre tabindex="0"><code>  tags = {\n    team = &quot;orders&quot;\n  }</code></pre>');
    expect(text).toContain('<pre tabindex="0"><code>grants:\n  - id: tmp\n    who: {kind: human}</code></pre>');
  });

  it('of a row and of several plans is valid too, and has no two ids alike', async () => {
    const row = html(reportOfRow(report, 'aws_db_instance.main'), { ...PLAN, view: 'row' });
    const set = html(reportSet([report, report, located()]), PLAN);
    for (const text of [row, set, page]) {
      expect(await htmlProblems(text)).toEqual([]);
      const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(row).not.toContain('<form');
    expect([...set.matchAll(/<h1>/g)]).toHaveLength(1);
    expect([...set.matchAll(/<h2 /g)]).toHaveLength(3);
  });
});
