import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanReport } from '../../src/report/scan/build.ts';
import { scanHtml } from '../../src/report/scan/formats/scan-html.ts';
import { hostileScan } from '../report/scan/samples.ts';
import { executablePath } from './chromium.ts';

describe.skipIf(executablePath === null)('the page of a scan in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlane-scan-page-'));
  const file = join(folder, 'page.html');
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, scanHtml(scanReport(hostileScan()), { width: 100, colour: false }));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(width: number, script = true) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: script });
    const page = await context.newPage();
    const heard: string[] = [];
    page.on('request', (request) => request.url() !== pathToFileURL(file).href && heard.push(`request ${request.url()}`));
    page.on('dialog', (dialog) => heard.push(`dialog ${dialog.message()}`));
    page.on('console', (message) => heard.push(`console ${message.text()}`));
    page.on('pageerror', (error) => heard.push(`error ${error.message}`));
    await page.goto(pathToFileURL(file).href);
    return { page, heard };
  }

  it('runs no script of a name, and asks for nothing', async () => {
    const { page, heard } = await opened(1000);
    await page.waitForTimeout(200);
    expect(heard).toEqual([]);
    expect(await page.locator('img, svg, iframe, object, link').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    await page.context().close();
  });

  it('sorts its tables by any column, by mouse and by keyboard', async () => {
    const { page } = await opened(1000);
    const table = page
      .locator('table')
      .filter({ has: page.locator('caption', { hasText: 'Findings' }) })
      .last();
    const column = async (at: number) => table.locator(`tbody td:nth-child(${at})`).allTextContents();
    const before = await column(2);
    await table.getByRole('button', { name: 'Object' }).click();
    const up = await column(2);
    expect(up).toEqual([...before].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
    expect(await table.locator('th[aria-sort=ascending]').count()).toBe(1);
    await table.getByRole('button', { name: 'Object' }).press('Enter');
    expect(await column(2)).toEqual([...up].reverse());
    await page.context().close();
  });

  it.each([320, 768, 1280])('at %d pixels nothing is wider than the screen, with script and without', async (width) => {
    for (const script of [true, false]) {
      const { page } = await opened(width, script);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });
});
