import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { load } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-load-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** 2,000 objects over twenty accounts; `npm run deep -- --only scan` takes 100,000. */
describe('a scan of three clouds by their real SDKs', () => {
  it.each([
    ['at the documented limits', 0],
    ['with 5 % of the calls struck, and pages that overlap', 0.05],
  ])('tells everything that is wrong once, and writes nothing: %s', async (_, faults) => {
    const figures = await load({ objects: 2_000, every: 20, faults, seed: 20261129, folder });
    expect(figures.unread).toEqual([]);
    expect(figures).toMatchObject({ objects: 2_000, verdict: 'drift', missed: [], twice: [], extra: [] });
    expect(figures.planted).toBeGreaterThan(100);
    expect(figures.inherited[0]).toBeGreaterThan(1);
    expect(figures.inherited[1]).toBe(figures.inherited[0]);
    expect(figures.writes).toEqual({ aws: 0, google: 0, azure: 0 });
    expect(figures.calls).toBeGreaterThan(100);
    expect(figures.throttled / figures.calls).toBeLessThan(0.01);
    if (faults === 0) expect(figures.struck).toBe(0);
    else expect(figures.struck).toBeGreaterThan(figures.calls * faults * 0.5);
  });
});
