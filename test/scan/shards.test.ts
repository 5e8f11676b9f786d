import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CloudName } from '../../providers/cloud.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { shardReport } from '../../src/report/shards/build.ts';
import { SHARDS_FORMATS } from '../../src/report/shards/formats.ts';
import { shardNamed, shardsOf } from '../../src/scan/shards.ts';
import type { SpooledTarget } from '../../src/scan/spool.ts';

const READ = { states: [], unreadStates: [], notTaggable: 0, notScanned: {}, nothingWanted: 0, unlocated: [] };

function target(cloud: CloudName, account: string, region: string | null, count: number): SpooledTarget {
  return { target: { cloud, partition: cloud === 'aws' ? 'aws' : null, account, region }, file: '', count };
}

const TARGETS = [
  target('aws', '1', 'eu-west-1', 700),
  target('aws', '1', 'us-east-1', 100),
  target('aws', '2', 'eu-west-1', 300),
  target('azure', 'sub', null, 50),
  target('google', 'example.com:shop', null, 200),
];

async function printed(name: string, targets: readonly SpooledTarget[], most?: number): Promise<string> {
  const report = shardReport({
    read: READ,
    shards: shardsOf(targets, most),
    ruleset: { files: [] } as unknown as Ruleset,
    diagnostics: [],
  });
  return (await SHARDS_FORMATS.get(name)?.load())?.(report, { width: 100, colour: false }) ?? '';
}

describe('shards', () => {
  it('are one for each account, named as a file may be', () => {
    expect(shardsOf(TARGETS, undefined).map(({ name, objects, targets }) => [name, objects, targets.length])).toEqual([
      ['aws-1', 800, 2],
      ['aws-2', 300, 1],
      ['azure-sub', 50, 1],
      ['google-example.com-shop', 200, 1],
    ]);
  });

  it('are at most as many as asked for, of one cloud each, about equally large', () => {
    expect(shardsOf(TARGETS, 4).map(({ name, objects }) => [name, objects])).toEqual([
      ['aws-1', 700],
      ['aws-2', 400],
      ['azure-1', 50],
      ['google-1', 200],
    ]);
    expect(shardsOf(TARGETS, 100).length).toBe(5);
    expect(() => shardsOf(TARGETS, 2)).toThrow('3 clouds do not go into 2 shards');
  });

  it('are the same whatever the order of the targets, and hold each once', () => {
    for (const most of [undefined, 3, 4, 5]) {
      const shards = shardsOf(TARGETS, most);
      expect(shardsOf([...TARGETS].reverse(), most)).toEqual(shards);
      expect(new Set(shards.flatMap(({ targets }) => targets))).toEqual(new Set(TARGETS));
      expect(shards.flatMap(({ targets }) => targets).length).toBe(TARGETS.length);
    }
  });

  it('never share a name', () => {
    const names = shardsOf([target('google', 'a:b', null, 1), target('google', 'a/b', null, 1)], undefined).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['google-a-b', 'google-a-b-2']);
    expect(() => shardNamed(shardsOf(TARGETS, undefined), 'aws-3')).toThrow('no shard is called `aws-3`');
  });

  it('are a matrix for GitHub, on one line', async () => {
    const text = await printed('github', TARGETS);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text).include.slice(0, 2)).toEqual([
      { shard: 'aws-1', cloud: 'aws', account: '1', region: '' },
      { shard: 'aws-2', cloud: 'aws', account: '2', region: 'eu-west-1' },
    ]);
  });

  it('are a matrix for GitLab', async () => {
    const hostile = target('google', 'x" : {y}\n- #', null, 1);
    const entries = parse(await printed('gitlab', [...TARGETS, hostile]))['.inlane-shards'].parallel.matrix;
    expect(entries.length).toBe(5);
    expect(entries[0]).toEqual({ INLANE_SHARD: 'aws-1', SHARD_CLOUD: 'aws', SHARD_ACCOUNT: '1', SHARD_REGION: '' });
    expect(entries.at(-1)).toMatchObject({ INLANE_SHARD: 'google-x-----y-----', SHARD_ACCOUNT: hostile.target.account });
  });

  it('are refused where a system takes fewer', async () => {
    const many = Array.from({ length: 257 }, (_, n) => target('aws', String(n), 'eu-west-1', 1));
    await expect(printed('github', many)).rejects.toThrow('257 shards are more than GitHub Actions takes');
    await expect(printed('gitlab', many.slice(0, 201))).rejects.toThrow('201 shards are more than GitLab takes');
    await expect(printed('gitlab', many.slice(0, 200))).resolves.toContain('INLANE_SHARD');
  });

  it('of nothing are no success', () => {
    const report = shardReport({ read: READ, shards: [], ruleset: { files: [] } as unknown as Ruleset, diagnostics: [] });
    expect(report).toMatchObject({ exit: 2, diagnostics: [{ code: 'saw-nothing' }] });
  });
});
