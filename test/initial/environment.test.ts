import { describe, expect, it } from 'vitest';
import type { Answers, Surroundings } from '../../src/initial/answers.ts';
import { proposeEnvironment } from '../../src/initial/environment.ts';
import type { Evidence } from '../../src/initial/evidence.ts';
import { ANSWERS, evidence, NOWHERE, object } from './evidence.ts';

function proposed(seen: Evidence, around: Partial<Surroundings> = {}, answers: Partial<Answers> = {}) {
  const found = proposeEnvironment(seen, { ...NOWHERE, ...around }, { ...ANSWERS, ...answers });
  const sources = found?.attribute.from.map(({ from, name, map, active }) => ({
    from,
    ...(name === null ? {} : { name }),
    ...(map === null ? {} : { map: Object.fromEntries(map) }),
    ...(active ? {} : { active }),
  }));
  return { found, sources, comments: found?.attribute.from.flatMap(({ comments }) => comments) ?? [] };
}

describe('environment', () => {
  it('is not declared where nothing says it', () => {
    expect(proposed(evidence([object({ tagged: { Name: 'prod' }, account: '123456789012' })])).found).toBeNull();
  });

  it('takes the tag that stands there, with its spellings as aliases, and the usual names of others', () => {
    const seen = evidence([
      ...[object({ tagged: { Environment: 'Prod' } }), object({ tagged: { Environment: 'PROD' } })],
      ...[object({ tagged: { Environment: 'dev' } }), object({ tagged: { Environment: 'ops' } }), object()],
    ]);
    const { found, sources, comments } = proposed(seen);
    expect(sources).toEqual([{ from: 'tag', name: 'Environment' }]);
    expect(found?.attribute.tag).toBe('Environment');
    expect(found?.attribute.values).toEqual([
      { name: 'production', aliases: ['prod', 'PROD', 'Prod'] },
      { name: 'staging', aliases: ['stg'] },
      { name: 'development', aliases: ['dev'] },
      { name: 'ops', aliases: [] },
    ]);
    expect(comments).toEqual([
      'tag `Environment` stands on 4 of 5 taggable resources of plan.json: PROD (1), Prod (1), dev (1), ops (1)',
    ]);
    // A word that nobody knows is not known to be no production.
    expect(found?.alone).toEqual(['staging', 'development']);
    expect(found?.attribute.required).toMatchObject({ enforce: false });
  });

  it('asks for the tag where every taggable resource has it', () => {
    const seen = evidence([object({ tagged: { env: 'dev' } }), object({ taggable: false })]);
    expect(proposed(seen).found?.attribute.required).toMatchObject({ enforce: true });
    const hidden = evidence([object({ tagged: { env: 'dev' } }), object({ tagged: { env: null } })]);
    expect(proposed(hidden).found?.attribute.required).toMatchObject({ enforce: false });
  });

  it('carries each provider by its own key', () => {
    const seen = evidence([
      object({ tagged: { Environment: 'prod' } }),
      object({ tagged: { environment: 'prod' }, carrier: 'google', provider: 'hashicorp/google' }),
    ]);
    const tag = proposed(seen).found?.attribute.tag;
    expect(tag instanceof Map && Object.fromEntries(tag)).toEqual({ aws: 'Environment', google: 'environment' });
  });

  it('reads a variable, whose other spellings are as likely in the next plan', () => {
    const { sources } = proposed(evidence([object()], { environment: 'dev', region: 'eu-west-1', project: 'prod' }));
    expect(sources).toEqual([
      {
        from: 'variable',
        name: 'environment',
        map: {
          production: 'production',
          prod: 'production',
          staging: 'staging',
          stg: 'staging',
          development: 'development',
          dev: 'development',
        },
      },
    ]);
  });

  it('leaves out a variable that the tags of its plan contradict, and says so', () => {
    const { sources, comments } = proposed(evidence([object({ tagged: { env: 'prod' } })], { env: 'dev' }));
    expect(sources?.filter(({ active }) => active !== false)).toEqual([{ from: 'tag', name: 'env' }]);
    expect(comments).toContain('left out: the tags of 1 resource say something else');
  });

  it('takes an account for production at once, for anything else once it is confirmed', () => {
    const seen = evidence([
      object({ tagged: { env: 'prod' }, account: '111111111111' }),
      object({ tagged: { env: 'dev' }, account: '222222222222' }),
      object({ account: '222222222222' }),
    ]);
    const accounts = (confirmed: boolean) =>
      proposed(seen, {}, { accountsConfirmed: confirmed }).sources?.filter(({ from }) => from === 'account');
    expect(accounts(false)).toEqual([
      { from: 'account', map: { '111111111111': 'production' } },
      { from: 'account', map: { '222222222222': 'development' }, active: false },
    ]);
    expect(accounts(true)).toEqual([{ from: 'account', map: { '111111111111': 'production', '222222222222': 'development' } }]);
  });

  it('leaves out an account that holds more than one', () => {
    const seen = evidence(['prod', 'dev'].map((env) => object({ tagged: { env }, account: '111111111111' })));
    const { sources, comments } = proposed(seen);
    expect(sources).toEqual([{ from: 'tag', name: 'env' }]);
    expect(comments).not.toContain(expect.stringContaining('111111111111'));
  });

  it('reads the name of a project, and no letters of an identifier', () => {
    const named = (account: string) => proposed(evidence([object({ account })])).sources;
    expect(named('acme-shop-prod')).toEqual([{ from: 'account', map: { 'acme-shop-prod': 'production' } }]);
    expect(named('9f01f5d0-acc0-4228-a444-1293bbf46f9a')).toBeUndefined();
  });

  it('reads folders of the repository; production counts wherever it stands, `live` where no other does', () => {
    const stacks = ['envs/prod', 'envs/prod/db', 'envs/prod/dev-tools', 'envs/dev/eu', 'live/dev/app', 'live/shared', 'x'];
    expect(proposed(evidence([object()]), { stack: '', stacks }).sources).toEqual([
      {
        from: 'stack',
        map: {
          'envs/dev/*': 'development',
          'envs/prod': 'production',
          // dev-tools of production included.
          'envs/prod/*': 'production',
          'live/dev/*': 'development',
          'live/*': 'production',
        },
      },
    ]);
    const order = [...(proposed(evidence([object()]), { stack: '', stacks }).found?.attribute.from[0]?.map?.keys() ?? [])];
    // The first line that matches speaks.
    expect(order.indexOf('live/dev/*')).toBeLessThan(order.indexOf('live/*'));
  });

  it('reads workspaces and namespaces that are there', () => {
    const seen = evidence([object({ namespace: 'shop-staging', carrier: 'kubernetes' }), object({ namespace: 'kube-system' })]);
    expect(proposed(seen, { workspaces: ['shop-prod', 'default'] }).sources).toEqual([
      { from: 'workspace', map: { 'shop-prod': 'production' } },
      { from: 'namespace', map: { 'shop-staging': 'staging' } },
    ]);
  });

  it('keeps what somebody said for the place of the plans', () => {
    const seen = evidence([object({ account: '111111111111' })]);
    expect(proposed(seen, { stack: 'shop', stacks: ['shop'] }, { environment: 'development' }).sources).toEqual([
      { from: 'stack', map: { shop: 'development' } },
      { from: 'account', map: { '111111111111': 'development' } },
    ]);
    // Without any place there is nothing to keep it for.
    expect(proposed(evidence([object()]), {}, { environment: 'development' }).found).toBeNull();
  });

  it('lets developers alone where somebody said so', () => {
    const seen = evidence([object({ tagged: { env: 'dev' } })]);
    expect(proposed(seen, {}, { alone: ['development'] }).found?.alone).toEqual(['development']);
    expect(proposed(seen, {}, { alone: [] }).found?.alone).toEqual([]);
  });

  it('takes a list of more than twenty values for no list of environments', () => {
    const seen = evidence(Array.from({ length: 21 }, (_, i) => object({ tagged: { env: `ticket-${i}` } })));
    expect(proposed(seen).found).toBeNull();
  });
});
