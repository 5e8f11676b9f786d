import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReport } from '../../src/report/build.ts';
import { html } from '../../src/report/formats/html.ts';
import type { Report, ReportChange } from '../../src/report/report.ts';
import { located, PLAN, reportOf } from '../report/formats/samples.ts';
import * as s from '../report/samples.ts';
import { executablePath } from './chromium.ts';

const HOSTILE = [
  '<script>document.title="owned"</script>',
  '"><img src=https://e.example/x onerror=document.title="owned">',
  "'><svg onload=document.title='owned'>",
  '</script><script>document.title="owned"</script>',
  '</style><style>body{display:none}</style>',
  '<meta http-equiv=refresh content="0;url=https://e.example">',
  '<iframe src=javascript:document.title="owned">',
  '&lt;script&gt;document.title=&quot;owned&quot;',
  '" autofocus onfocus="document.title=\'owned\'" x="',
  'W'.repeat(480),
];

/** A page with hostile text wherever a stranger can write, a group of many rows, and every verdict. */
function hostilePage(): string {
  const [row] = located().changes as readonly [ReportChange];
  const [queue] = buildReport(s.input([s.deniedQueue('jobs')])).changes as readonly [ReportChange];
  const [allowed, idle] = buildReport(s.input([s.allowedQueue('ok'), s.idle('aws_vpc.main')])).changes as readonly [
    ReportChange,
    ReportChange,
  ];
  const changes = HOSTILE.flatMap((text): ReportChange[] => [
    {
      ...row,
      address: `aws_db_instance.a["${text}"]`,
      type: text,
      previous_address: text,
      source: { file: text, line: 1 },
      classes: [text],
      decisions: row.decisions.map((d) => ({
        ...d,
        note: text,
        subject: text,
        because: d.because.map((r) => ({ ...r, id: text, why: text })),
      })),
      facts: [{ key: text, side: 'before', value: text, sources: [{ from: 'tag', name: text, value: text }] }],
      remedies: [
        { kind: 'edit', text, file: text, line: 1, insert: `${text}\n${text}` },
        { kind: 'grant', text, yaml: `grants:\n  - ${text}\n` },
        { kind: 'ask', text, who: text },
      ],
    },
  ]);
  const queues = Array.from({ length: 40 }, (_, index) => ({ ...queue, address: `aws_sqs_queue.jobs[${index}]` }));
  const report: Report = {
    ...reportOf([...changes, ...queues, allowed, idle]),
    findings: HOSTILE.map((text) => ({
      code: 'tag-weak',
      severity: 'warn',
      address: text,
      key: text,
      message: text,
      fix: { text, file: text, line: 1, insert: text },
    })),
    quotas: [{ id: HOSTILE[0] ?? '', counted: { destroy: 3 }, limit: { destroy: 2 }, verdict: 'deny' }],
    approvals: [{ id: HOSTILE[1] ?? '', from: { team: HOSTILE[2] ?? '' }, count: 1, not_by: ['author'], rows: HOSTILE }],
    drift: HOSTILE.map((address) => ({ address, actions: [address] })),
    outputs: HOSTILE.map((name) => ({ name, actions: [name] })),
    diagnostics: HOSTILE.map((text) => ({ code: text, severity: 'warning', message: text, hint: text, at: `${text}:1:1` })),
  };
  return html(report, PLAN);
}

describe.skipIf(executablePath === null)('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlane-page-'));
  const file = join(folder, 'page.html');
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, hostilePage());
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** Requests, dialogs, errors and refusals by the page's policy, apart from the page itself. */
    readonly heard: readonly string[];
  }

  async function opened(over: { width?: number; dark?: boolean; script?: boolean } = {}): Promise<Opened> {
    const context = await browser.newContext({
      viewport: { width: over.width ?? 1000, height: 800 },
      colorScheme: over.dark ? 'dark' : 'light',
      javaScriptEnabled: over.script ?? true,
    });
    const page = await context.newPage();
    const heard: string[] = [];
    page.on('request', (request) => request.url() !== pathToFileURL(file).href && heard.push(`request ${request.url()}`));
    page.on('dialog', (dialog) => heard.push(`dialog ${dialog.message()}`));
    page.on('console', (message) => heard.push(`console ${message.text()}`));
    page.on('pageerror', (error) => heard.push(`error ${error.message}`));
    page.on('popup', () => heard.push('popup'));
    await page.goto(pathToFileURL(file).href);
    return { page, heard };
  }

  it('runs no script of a name, asks for nothing, and is refused nothing', async () => {
    const { page, heard } = await opened();
    await page.waitForTimeout(200);
    expect(heard).toEqual([]);
    expect(await page.title()).toBe('DENY: plan.json');
    expect(await page.locator('img, svg, iframe, object, embed, link, base').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    // All of it is there to be read.
    const shown = await page.evaluate('document.body.textContent');
    for (const text of HOSTILE) expect(shown).toContain(text);
    expect(await page.evaluate('getComputedStyle(document.body).display')).toBe('block');
    await page.context().close();
  });

  it('refuses what its policy does not name', async () => {
    const { page, heard } = await opened();
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      const image = document.createElement('img');
      image.src = 'https://e.example/x';
      document.body.append(image);
    }`);
    await page.waitForTimeout(200);
    expect(await page.title()).toBe('DENY: plan.json');
    expect(heard.filter((one) => /Content Security Policy/.test(one)).length).toBeGreaterThanOrEqual(2);
    await page.context().close();
  });

  it.each([320, 360, 768, 1280])('does not scroll sideways at %i px', async (width) => {
    const { page } = await opened({ width });
    await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.context().close();
  });

  it('filters by keyboard alone, tells how many rows are left, and shows all again', async () => {
    const { page } = await opened();
    const visible = () =>
      page.evaluate('[...document.querySelectorAll("[data-text]")].filter((row) => !row.closest("[hidden]")).length');
    const told = () => page.evaluate('document.getElementById("told").textContent');
    const focus = () =>
      page.evaluate(
        'document.activeElement.name || document.activeElement.type || document.activeElement.getAttribute("href") || ""',
      );
    const all = HOSTILE.length + 42;
    expect([await visible(), await told()]).toEqual([all, '']);
    const reached: unknown[] = [];
    for (let press = 0; press < 30 && (reached.length === 0 || reached.at(-1) !== 'reset'); press += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focus());
    }
    expect(reached[0]).toBe('#main');
    expect(reached.slice(-5)).toEqual(['text', 'verdict', 'operation', 'class', 'reset']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('allow');
    expect([await visible(), await told()]).toEqual([2, `2 of ${all} rows shown`]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('AWS_SQS');
    expect([await visible(), await told()]).toEqual([1, `1 of ${all} rows shown`]);
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(50);
    expect([await visible(), await told()]).toEqual([all, '']);
    await page.context().close();
  });

  it('says all without script, and offers no filter that would do nothing', async () => {
    const { page, heard } = await opened({ script: false });
    expect(await page.locator('form').isVisible()).toBe(false);
    expect(await page.locator('article').count()).toBe(HOSTILE.length + 3);
    for (const article of await page.locator('article').all()) expect(await article.isVisible()).toBe(true);
    expect(heard).toEqual([]);
    await page.context().close();
  });

  it('is read in order: one first heading, no level left out, every field and every table named', async () => {
    const { page } = await opened();
    const levels = (await page.evaluate(
      '[...document.querySelectorAll("h1,h2,h3,h4")].map((head) => Number(head.tagName[1]))',
    )) as number[];
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    expect(
      await page.evaluate('[...document.querySelectorAll("input,select")].every((field) => field.labels.length === 1)'),
    ).toBe(true);
    expect(
      await page.evaluate('[...document.querySelectorAll("table")].every((table) => table.caption.textContent.length > 0)'),
    ).toBe(true);
    for (const role of ['banner', 'main', 'navigation', 'form', 'status'] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole('columnheader').count()).toBeGreaterThan(2);
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await page.getByRole('table').count()).toBe(1);
    expect(await page.getByRole('rowheader').count()).toBeGreaterThan(2);
    await page.context().close();
  });

  it.each([false, true])('has a contrast of 4.5 or more everywhere (dark %s)', async (dark) => {
    const { page } = await opened({ dark });
    await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
    expect(await page.evaluate(CONTRASTS)).toEqual([]);
    await page.context().close();
  });

  it('prints all that is folded, and no form', async () => {
    const { page } = await opened();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('form').isVisible()).toBe(false);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('details:not([open])').count()).toBe(0);
    for (const name of ['jobs[39]', 'aws_vpc.main'])
      expect(await page.getByText(name, { exact: false }).first().isVisible()).toBe(true);
    expect(await page.evaluate(CONTRASTS)).toEqual([]);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await page.locator('details:not([open])').count()).toBeGreaterThan(0);
    const pdf = await page.pdf();
    expect(pdf.length).toBeGreaterThan(10_000);
    await page.context().close();
  });
});

/** Texts whose contrast with what is behind them is below 4.5, by WCAG 2.2, from the colours as the browser computes them. */
const CONTRASTS = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const low = new Set();
  let seen = 0;
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')) continue;
    if (element.tagName === 'SCRIPT' || element.getClientRects().length === 0) continue;
    seen += 1;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
  }
  return seen < 50 ? ['too little was looked at: ' + seen] : [...low];
})()`;
