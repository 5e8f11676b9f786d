import { fstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/plan/read.ts';
import { heldBytes, spool } from '../../src/plan/spool.ts';

const PLAN = Buffer.from(JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', resource_changes: [] }));

/** The bytes in pieces of five. */
function* chunks(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
}

describe('standard input', () => {
  test('is held where it is small', () => {
    const input = spool(chunks(PLAN), PLAN.length);
    expect('descriptor' in input).toBe(false);
    expect(Buffer.from(heldBytes(input)).equals(PLAN)).toBe(true);
  });

  test('goes to a file without a name that only its user may read where it is large', () => {
    const input = spool(chunks(PLAN), 20);
    if (!('descriptor' in input)) throw new Error('it is held');
    const stat = fstatSync(input.descriptor);
    expect(stat.nlink).toBe(0);
    expect(stat.mode & 0o777).toBe(0o600);
    expect(readdirSync(tmpdir()).filter((name) => /^inlane-[0-9a-f]{32}$/.test(name))).toEqual([]);
    expect(Buffer.from(heldBytes(input)).equals(PLAN)).toBe(true);
    expect(() => fstatSync(input.descriptor)).toThrow();
  });

  test('is the same plan either way, and the same error', async () => {
    const read = (bytes: Buffer, held: number) => readPlan('-', { stdin: () => spool(chunks(bytes), held) });
    const [small, large] = [await read(PLAN, 1000), await read(PLAN, 20)];
    expect([large.sha256, large.version, [...large.rows()]]).toEqual([small.sha256, small.version, [...small.rows()]]);
    large.close?.();
    const broken = PLAN.subarray(0, PLAN.length - 1);
    await expect(read(broken, 20)).rejects.toMatchObject({ code: 'plan-unreadable' });
    await expect(read(Buffer.from('Plan: 1 to add, 0 to change, 0 to destroy.'), 20)).rejects.toMatchObject({
      code: 'plan-wrong-file',
    });
  });

  test('that cannot be read to its end is no plan', () => {
    const failing = function* (): Generator<Uint8Array> {
      yield PLAN;
      throw new Error('gone');
    };
    expect(() => spool(failing(), 20)).toThrow('gone');
  });
});
