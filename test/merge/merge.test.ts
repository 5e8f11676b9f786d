import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { mergeShards } from '../../src/merge/merge.ts';
import { collected, jsonChunks } from '../../src/report/json.ts';
import { scanReport } from '../../src/report/scan/build.ts';
import { SCAN_FORMATS } from '../../src/report/scan/formats.ts';
import type { ScanReport } from '../../src/report/scan/model.ts';
import { run } from '../cli/io.ts';
import { Seeded } from '../seeded.ts';
import { organisation } from './organisation.ts';

const RESOURCES = 5_000;
const { shards, whole, write } = organisation(RESOURCES, 50);
const single = scanReport(whole);
const singleJson = `${JSON.stringify(single, null, 2)}\n`;
const random = new Seeded(20_261_120);

let folder: string;
let files: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-merge-test-'));
  files = shards.map((shard) => write(shard, folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function merged(names: readonly string[]): { json: string; report: ScanReport } {
  const merge = mergeShards(names, folder);
  try {
    return { json: [...jsonChunks(merge.report)].join(''), report: collected<ScanReport>(merge.report) };
  } finally {
    merge.close();
  }
}

function shuffled(names: readonly string[]): string[] {
  return random.some(names, names.length);
}

function edited(name: string, to: string, edit: (text: string) => string): string {
  writeFileSync(join(folder, to), edit(readFileSync(join(folder, name), 'utf8')));
  return to;
}

describe('50 shards of an organisation in three clouds', () => {
  it('have what a report can have', () => {
    expect(shards.length).toBe(50);
    expect(new Set(shards.map(({ targets: [first] }) => first?.target.cloud))).toEqual(new Set(['aws', 'google', 'azure']));
    const { findings, access, unread, unmanaged, orphans, summary } = single;
    for (const list of [findings, access, unread, unmanaged, orphans?.groups ?? [], orphans?.age_unknown ?? []])
      expect(list.length).toBeGreaterThan(10);
    expect(access.some(({ objects }) => objects.length > 30)).toBe(true);
    const { objects, unmanaged: _, orphans: __, ...verdicts } = summary;
    expect(Object.values(verdicts).reduce((sum, number) => sum + number, 0)).toBe(objects);
    expect(objects).toBe(RESOURCES + 9);
  });

  it('merge to the same bytes as one run, in any order, with shards repeated', () => {
    for (let round = 0; round < 6; round += 1) {
      const repeated = shuffled(files).slice(0, round * 4);
      for (const name of repeated) copyFileSync(join(folder, name), join(folder, `again-${name}`));
      const names = shuffled([...files, ...repeated.map((name) => `again-${name}`), ...repeated]);
      // Compared first by length: a difference of megabytes is no message.
      const { json } = merged(names);
      expect(json.length).toBe(singleJson.replaceAll('\u202e', '\\u202e').length);
      expect(json === singleJson.replaceAll('\u202e', '\\u202e')).toBe(true);
    }
  });

  it('name three that are missing, and count all the others', () => {
    const left = [3, 20, 49];
    const { report } = merged(shuffled(files.filter((_, at) => !left.includes(at))));
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2, partial: true });
    const lost = left.map((at) => shards[at] as (typeof shards)[0]);
    expect(report.diagnostics.map(({ code, message }) => [code, message]).sort()).toEqual(
      lost.map(({ name }) => ['shard-missing', `shard \`${name}\` has no result`]).sort(),
    );
    for (const { name, targets } of lost) {
      const told = report.unread.filter(({ why }) => why === `shard ${name} has no result`);
      expect(told.map(({ account, region, objects }) => [account, region, objects]).sort()).toEqual(
        targets.map(({ target: { account, region }, count }) => [account, region, count]).sort(),
      );
    }
    const { objects, unmanaged: _, orphans: __, ...verdicts } = report.summary;
    expect(objects).toBe(RESOURCES + 9);
    expect(Object.values(verdicts).reduce((sum, number) => sum + number, 0)).toBe(objects);
    const lostTargets = new Set(
      lost.flatMap(({ targets }) => targets.map(({ target: { account, region } }) => `${account} ${region}`)),
    );
    expect(report.findings).toEqual(single.findings.filter(({ account, region }) => !lostTargets.has(`${account} ${region}`)));
  });

  it('give every format what one run gives it', async () => {
    const { report } = merged(files);
    for (const [name, format] of SCAN_FORMATS) {
      const print = await format.load();
      expect(print(report, { width: 100, colour: false }) === print(single, { width: 100, colour: false }), name).toBe(true);
    }
  });

  it('merge by the command line, which exits by the report', async () => {
    const { exit, stdout, stderr } = await run(
      ['tags', 'merge', ...files.slice(1), '--format', 'text', '--format', 'json=all.json'],
      {
        cwd: folder,
      },
    );
    expect(exit).toBe(2);
    expect(stdout).toContain(`shard ${shards[0]?.name} has no result`);
    expect(stderr).toContain('shard-missing');
    expect(readFileSync(join(folder, 'all.json'), 'utf8')).toBe(merged(files.slice(1)).json);
  });

  it('are no format of a scan of everything', async () => {
    const { exit, stderr } = await run(['tags', 'scan', 'none.json', '--format', 'shard=none.jsonl'], { cwd: folder });
    expect(exit).toBe(2);
    expect(stderr).toContain('the format `shard` is the result of one shard');
    expect(readdirSync(folder)).not.toContain('none.jsonl');
  });

  it('leave nothing behind', () => {
    const before = readdirSync(tmpdir()).filter((name) => /^inlane-merge-[^t]/.test(name));
    merged(files);
    expect(() => merged([])).toThrow(InlaneError);
    expect(readdirSync(tmpdir()).filter((name) => /^inlane-merge-[^t]/.test(name))).toEqual(before);
  });
});

/** Without its last target, and with a digest that is right. */
function withoutTarget(text: string): string {
  const lines = text.split('\n').slice(0, -2);
  const last = lines.findLastIndex((line) => line.startsWith('{"kind":"target"'));
  const kept = lines.slice(0, last).map((line) => `${line}\n`);
  const sha256 = createHash('sha256').update(kept.join('')).digest('hex');
  return `${kept.join('')}${JSON.stringify({ kind: 'end', lines: kept.length, partial: false, sha256 })}\n`;
}

describe('a result', () => {
  const [first] = shards as [(typeof shards)[0]];
  const name = `${first.name}.jsonl`;

  it('that is cut anywhere counts as none, and is named', () => {
    const text = readFileSync(join(folder, name), 'utf8');
    const cuts = Array.from({ length: 8 }, (_, n) => Math.floor((text.length * n) / 8)).concat(text.length - 1);
    for (const [n, at] of cuts.entries()) {
      const cut = edited(name, `cut-${n}.jsonl`, (whole) => whole.slice(0, at));
      const { report } = merged([...files.slice(1), cut]);
      expect(report).toMatchObject({ exit: 2, partial: true });
      expect(report.diagnostics.map(({ message }) => message).join('\n')).toContain(`\`${cut}\``);
      expect(report.unread.map(({ why }) => why).join('\n')).toMatch(
        new RegExp(`shard ${shards[0]?.name} (?:is cut|has no result)`),
      );
      // Beside a whole one it does not count, unless nobody can tell whose it is.
      const beside = merged([...files, cut]).report;
      expect(beside.findings.length).toBe(single.findings.length);
    }
  });

  it('for which everything was read outweighs one for which it was not', () => {
    const shard = shards.find(({ name }) => single.unread.some((one) => one.why.startsWith('it did') && nameOf(one) === name));
    if (shard === undefined) throw new Error('no shard has something unread');
    const again = shard.targets.map(({ target }) => {
      const swept = whole.targets.find((one) => one.target === target) as (typeof whole.targets)[0];
      return { ...swept, results: swept.results.filter(({ outcome }) => outcome.kind !== 'unread') };
    });
    const full = write(shard, folder, 'full.jsonl', { targets: again });
    for (const names of [
      [...files, full],
      [full, ...files],
    ]) {
      const { report } = merged(names);
      expect(report.unread).toEqual(single.unread.filter((one) => nameOf(one) !== shard.name));
    }
  });

  function nameOf({ account, region }: Pick<(typeof single.unread)[0], 'account' | 'region'>): string | undefined {
    return shards.find(({ targets }) => targets.some(({ target }) => target.account === account && target.region === region))
      ?.name;
  }

  it.each([
    ['different results of shard', (to: string) => write(first, folder, to, { shiftOf: () => null })],
    ['of different scans', (to: string) => write(first, folder, to, { inputs: 'e'.repeat(64) })],
    [
      'of different scans',
      (to: string) => write(first, folder, to, { read: { ...whole.read, states: whole.read.states.slice(1) } }),
    ],
    ['not as it was written', (to: string) => edited(name, to, (text) => text.replace('some_type', 'sane_type'))],
    ['its targets are not', (to: string) => edited(name, to, withoutTarget)],
    ['goes on behind its end', (to: string) => edited(name, to, (text) => `${text}{"kind":"state"}\n`)],
    ['not made of JSON lines', (to: string) => edited(name, to, () => singleJson)],
    ['its first line', (to: string) => edited(name, to, () => '{"format":"inlane-scan/1"}\n')],
    ['no known kind', (to: string) => edited(name, to, (text) => text.replace('"kind":"state"', '"kind":"constructor"'))],
  ] as const)('is refused, by its name: %s', (words, make) => {
    const to = make(`odd-${words.replaceAll(' ', '-')}.jsonl`);
    expect(() => merged([...files, to])).toThrow(words);
    expect(() => merged([to, ...files])).toThrow(to);
    rmSync(join(folder, to));
  });

  it('of a folder or a missing file is refused', () => {
    expect(() => merged(['none.jsonl'])).toThrow('cannot be read (ENOENT)');
    expect(() => merged(['.'])).toThrow('is a folder');
  });
});
