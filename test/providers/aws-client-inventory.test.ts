import { describe, expect, it } from 'vitest';
import type { CloudFailure } from '../../providers/cloud.ts';
import { ACCOUNT, target } from './aws-calls.ts';
import { crowd, db, OTHER, ROLE, rejected, staged } from './aws-scene.ts';

const scene = staged();

describe('inventory', () => {
  const all = async (where = target()) => {
    const session = await scene.client().open(where);
    const pages = [];
    for await (const page of session.inventory()) pages.push(page);
    return pages;
  };

  it('pages through everything of the account and region, tags included', async () => {
    await scene.restart({ crowd: crowd(2500) });
    const pages = await all();
    expect(pages.map((page) => page.length)).toEqual([1000, 1000, 500]);
    expect(pages[1]?.[0]).toEqual({
      id: db('c1000'),
      type: 'rds:db',
      region: 'eu-central-1',
      createdAt: null,
      createdBy: null,
      tags: new Map([['n', '1000']]),
      inherited: new Map(),
      managedBy: null,
    });
  });

  it('tells who made a resource where AWS does, and leaves other accounts and regions out', async () => {
    scene.put(db('a'), { 'aws:createdBy': 'IAMUser:AIDA:ann', 'aws:ecs:serviceName': 'web' });
    scene.put(`arn:aws:rds:eu-west-1:${ACCOUNT}:db:b`, {});
    scene.put(`arn:aws:rds:eu-central-1:${OTHER}:db:b`, {}, { account: OTHER });
    const items = (await all()).flat();
    expect(items.map(({ id, createdBy, managedBy }) => [id, createdBy, managedBy])).toEqual([
      [db('a'), 'IAMUser:AIDA:ann', 'ECS service web'],
    ]);
  });

  it('holds global resources in the home region, with tags of IAM that the index lacks', async () => {
    scene.put(ROLE, { team: 'x' });
    const items = (await all(target('us-east-1'))).flat();
    expect(items.map(({ id, region, tags }) => [id, region, Object.fromEntries(tags)])).toEqual([[ROLE, null, { team: 'x' }]]);
    expect((await all()).flat()).toEqual([]);
  });

  it('tells everything that it can, and then that something is missing', async () => {
    scene.put(ROLE, { team: 'x' });
    scene.put(`arn:aws:rds:us-east-1:${ACCOUNT}:db:a`, {});
    scene.standIn.faults.denied.add('iam:ListRoleTags');
    const session = await scene.client().open(target('us-east-1'));
    const seen: string[] = [];
    const walk = async () => {
      for await (const page of session.inventory()) seen.push(...page.map(({ id }) => id));
    };
    expect(await rejected(walk())).toMatchObject({ kind: 'denied', permission: 'iam:ListRoleTags' });
    expect(seen).toEqual([`arn:aws:rds:us-east-1:${ACCOUNT}:db:a`]);
  });

  it('begins again when a page token has expired, and passes overlapping pages on', async () => {
    await scene.restart({ crowd: crowd(1500) });
    scene.standIn.faults.expiredPages = 1;
    expect((await all()).map((page) => page.length)).toEqual([1000, 1000, 500]);
    scene.standIn.faults.expiredPages = 9;
    expect(await rejected(all())).toMatchObject({ kind: 'refused' });
    scene.standIn.faults.expiredPages = 0;
    scene.standIn.faults.repeats = true;
    const items = (await all()).flat();
    expect(items.length).toBe(1501);
    expect(new Set(items.map(({ id }) => id)).size).toBe(1500);
    Object.assign(scene.standIn.faults, { repeats: false, moves: true });
    expect((await all()).map((page) => page.length)).toEqual([999, 501]);
  });

  it.each<[string, () => unknown, Partial<CloudFailure>]>([
    [
      'tags',
      () => Object.assign(scene.standIn.faults.explorer, { tags: false }),
      { kind: 'refused', hint: 'let the default view include tags' },
    ],
    ['a view', () => Object.assign(scene.standIn.faults.explorer, { view: false }), { kind: 'unknown-place' }],
    ['an index', () => Object.assign(scene.standIn.faults.explorer, { index: null }), { kind: 'unknown-place' }],
    [
      'a permission',
      () => void scene.standIn.faults.denied.add('resource-explorer-2:ListResources'),
      { kind: 'denied', permission: 'resource-explorer-2:ListResources' },
    ],
  ])('is none without %s', async (_, break_, failure) => {
    break_();
    expect(await rejected(all())).toMatchObject(failure);
  });
});
