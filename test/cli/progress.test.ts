import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';

function sink(terminal: boolean) {
  const written: string[] = [];
  return { written, terminal, columns: terminal ? 60 : null, write: async (text: string) => void written.push(text) };
}

/** Steps of a scan of 1,000 objects, one object each 100 ms. */
async function run(terminal: boolean, steps = 1000) {
  const out = sink(terminal);
  let now = 0;
  const progress = new Progress(out, () => now);
  for (let done = 1; done <= steps; done += 1) {
    now += 100;
    progress.step({ phase: 'looking', done, total: 1000 });
  }
  await progress.end();
  return out.written;
}

describe('progress', () => {
  it('is one line a minute in a log, with how much is done, the rate and the time left', async () => {
    expect(await run(false)).toEqual(['looking at objects: 600 of 1000 (60 %), 10/s, 40 s left\n']);
  });

  it('is written over itself on a terminal, within its columns, and taken off at the end', async () => {
    const written = await run(true);
    expect(written.length).toBeGreaterThan(300);
    expect(written.length).toBeLessThan(450);
    for (const line of written) expect(line.startsWith('\r\u001b[K')).toBe(true);
    for (const line of written) expect(line.length - '\r\u001b[K'.length).toBeLessThan(60);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('says nothing of what is over at once', async () => {
    expect(await run(false, 10)).toEqual([]);
    expect(await run(true, 2)).toEqual([]);
  });

  it('says nothing where it is not wanted', async () => {
    const progress = new Progress(null, () => 1e9);
    progress.step({ phase: 'reading', done: 1, total: null });
    await progress.end();
  });
});
