import { describe, expect, it } from 'vitest';
import { ACCOUNT, object, target } from './aws-calls.ts';
import { db, edit, failureOf, GROUP, ROLE, staged } from './aws-scene.ts';

const scene = staged();

describe('writing', () => {
  it('gathers edits with one map into calls of twenty', async () => {
    const arns = Array.from({ length: 45 }, (_, index) => scene.put(db(`d${index}`), { other: 'kept' }));
    const session = await scene.client().open(target());
    const edits = arns.map((arn, index) => edit(arn, { environment: index < 41 ? 'production' : 'staging' }));
    expect((await session.write(edits)).map(({ state }) => state)).toEqual(arns.map(() => 'done'));
    expect(scene.standIn.calls().get('tag:TagResources')).toBe(4);
    expect(Object.fromEntries(scene.standIn.tagsOf(db('d40')) ?? [])).toEqual({ other: 'kept', environment: 'production' });
    expect(Object.fromEntries(scene.standIn.tagsOf(db('d41')) ?? [])).toEqual({ other: 'kept', environment: 'staging' });
    expect(scene.standIn.writes()).toBe(4);
  });

  it('takes keys away that a repair has added, where the rest was written', async () => {
    scene.put(db('a'), { environment: 'production', team: 'x' });
    scene.put(db('b'), { environment: 'production' });
    const session = await scene.client().open(target());
    scene.standIn.faults.item = (api, arn) =>
      api === 'tag:TagResources' && arn === db('b') ? { code: 'InvalidParameterException', status: 400, message: 'no' } : null;
    const answers = await session.write([
      edit(db('a'), { owner: 'o' }, ['environment']),
      edit(db('b'), { owner: 'o' }, ['environment']),
    ]);
    expect(answers.map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(Object.fromEntries(scene.standIn.tagsOf(db('a')) ?? [])).toEqual({ team: 'x', owner: 'o' });
    expect(Object.fromEntries(scene.standIn.tagsOf(db('b')) ?? [])).toEqual({ environment: 'production' });
  });

  it('sends only those again that fail inside a good answer', async () => {
    const arns = ['a', 'b', 'c'].map((name) => scene.put(db(name), {}));
    const sent: string[] = [];
    let left = 2;
    scene.standIn.faults.item = (_, arn) => {
      sent.push(arn.slice(-1));
      if (arn !== db('b') || left === 0) return null;
      left -= 1;
      return { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' };
    };
    const session = await scene.client().open(target());
    expect((await session.write(arns.map((arn) => edit(arn, { team: 'x' })))).map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(sent.join('')).toBe('abcbb');
  });

  it.each([
    ['ThrottlingException', 400, 'throttled', 4],
    ['InternalServiceException', 500, 'transient', 4],
    ['InternalServiceException', 404, 'refused', 1],
    ['InvalidParameterException', 400, 'refused', 1],
  ])('gives up on %s with status %i as %s after %i tries', async (code, status, kind, tries) => {
    scene.put(db('a'), {});
    scene.put(db('b'), {});
    scene.standIn.faults.item = (_, arn) => (arn === db('a') ? { code, status, message: 'Service not yet supported' } : null);
    const session = await scene.client().open(target());
    const answers = await session.write([edit(db('a'), { team: 'x' }), edit(db('b'), { team: 'x' })]);
    expect(failureOf(answers[0])).toMatchObject({ kind, message: expect.stringContaining(`\`${db('a')}\` (${code})`) });
    expect(answers[1]?.state).toBe('done');
    expect(scene.standIn.calls().get('tag:TagResources')).toBe(tries);
  });

  it('names the permission of the service that owns the resource', async () => {
    scene.put(db('a'), {});
    scene.standIn.faults.denied.add('rds:AddTagsToResource');
    const session = await scene.client().open(target());
    const told = failureOf((await session.write([edit(db('a'), { team: 'x' })]))[0]);
    expect(told).toMatchObject({ kind: 'denied', permission: 'rds:AddTagsToResource' });
    scene.standIn.faults.denied.clear();
    scene.standIn.faults.item = () => ({ code: 'AccessDeniedException', status: 400, message: 'no' });
    const vm = scene.put(`arn:aws:ec2:eu-central-1:${ACCOUNT}:instance/i-1`, {});
    const silent = await session.write([edit(vm, { team: 'x' }), edit(vm, {}, ['team'])]);
    expect(silent.map((answer) => failureOf(answer).permission)).toEqual(['ec2:CreateTags', 'ec2:DeleteTags']);
  });

  it('writes IAM and Auto Scaling by their own APIs', async () => {
    scene.put(ROLE, { team: 'x' });
    scene.put(GROUP, { team: 'x', owner: 'o' }, { region: 'eu-central-1', propagated: new Set(['team']) });
    const session = await scene.client().open(target());
    const detail = { propagated: '["environment","owner"]' };
    const set = { environment: 'production', team: 'y', owner: 'p', cost: '1' };
    const answers = await session.write([edit(ROLE, { environment: 'production' }, ['team']), edit(GROUP, set, [], detail)]);
    expect(answers.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(Object.fromEntries(scene.standIn.tagsOf(ROLE) ?? [])).toEqual({ environment: 'production' });
    expect(Object.fromEntries(scene.standIn.tagsOf(GROUP) ?? [])).toEqual(set);
    expect([...(scene.standIn.world.get(GROUP)?.propagated ?? [])].sort()).toEqual(['environment', 'team']);
    await session.write([edit(GROUP, {}, ['cost'])]);
    expect(scene.standIn.tagsOf(GROUP)?.has('cost')).toBe(false);
    expect(scene.standIn.calls().get('tag:TagResources')).toBeUndefined();
  });

  it('fails for what is not there, one by one', async () => {
    scene.put(db('a'), {});
    const session = await scene.client().open(target());
    const missing = [db('gone'), `arn:aws:iam::${ACCOUNT}:role/gone`, GROUP, `arn:aws:iam::${ACCOUNT}:group/g`];
    const answers = await session.write([...missing, db('a')].map((arn) => edit(arn, { team: 'x' })));
    expect(answers.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed', 'failed', 'done']);
    expect(answers.slice(0, 4).map((answer) => failureOf(answer).kind)).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  it('never writes stacks or keys of AWS', async () => {
    const stack = scene.put(`arn:aws:cloudformation:eu-central-1:${ACCOUNT}:stack/payments/1`, {});
    scene.put(db('a'), {});
    const session = await scene.client().open(target());
    const answers = await session.write([
      edit(stack, { team: 'x' }),
      edit(db('a'), { 'AWS:team': 'x' }),
      edit(db('a'), {}, ['aws:x']),
    ]);
    expect(answers.map((answer) => failureOf(answer).kind)).toEqual(['refused', 'refused', 'refused']);
    expect(scene.standIn.stackUpdates).toBe(0);
    expect(scene.standIn.writes()).toBe(0);
  });

  it('keeps an ARN that AWS does not take from costing the others their edit', async () => {
    scene.put(db('a'), {});
    scene.put(db('b'), {});
    const session = await scene.client().open(target());
    const answers = await session.write([db('a'), 'arn:nonsense', db('b')].map((arn) => edit(arn, { team: 'x' })));
    expect(answers.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
  });

  it('keys are never more than keys', async () => {
    scene.put(db('a'), {});
    const session = await scene.client().open(target());
    const set = new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect((await session.write([{ ...edit(db('a'), {}), set }])).map(({ state }) => state)).toEqual(['done']);
    expect(scene.standIn.tagsOf(db('a'))).toEqual(set);
    expect((await session.read([object('any', db('a'))]))[0]).toMatchObject({ tags: set });
  });
});
