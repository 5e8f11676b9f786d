import { describe, expect, it } from 'vitest';
import { ALWAYS, type Condition, NEVER } from '../../../src/logic/condition.ts';
import {
  attributeInWords,
  ceilingInWords,
  changeInWords,
  classInWords,
  conditionInWords,
  denyInWords,
  grantInWords,
  matcherInWords,
  neverInWords,
  obligationInWords,
  partialInWords,
  quotaInWords,
  requiredInWords,
  spanInWords,
  tierInWords,
  whoInWords,
} from '../../../src/report/lanes/english.ts';
import { EXAMPLE, EXAMPLE_SHOP, loadFiles } from '../../lanes/folder.ts';
import { conditionOf, rulesetOf, whoOf } from './rules.ts';

describe('conditions, every form of lanes.md 2 and 3', () => {
  it.each([
    // Matchers.
    ['environment: production', 'environment is production'],
    ['environment: prod', 'environment is production'],
    ['environment: [staging, development]', 'environment is staging or development'],
    ['environment: [production, staging, development]', 'environment is production, staging or development'],
    ['environment: {not: production}', 'environment is not production'],
    ['environment: {not: [staging, development]}', 'environment is neither staging nor development'],
    ['environment: {not: [production, staging, development]}', 'environment is none of production, staging, development'],
    ['data: none', 'data is "none"'],
    ['workspace: {glob: "dev-*"}', 'workspace is like dev-*'],
    ['workspace: {not: {glob: "dev-*"}}', 'workspace is not like dev-*'],
    ['workspace: [prod, {glob: "prod-*"}]', 'workspace is prod or like prod-*'],
    ['workspace: {not: [prod, {glob: "prod-*"}]}', 'workspace is neither prod nor like prod-*'],
    ['tag.owner: {exists: true}', 'tag owner is set'],
    ['tag.owner: {exists: false}', 'tag owner is not set'],
    ['tag.owner: {not: {exists: true}}', 'tag owner is not set'],
    ['tag.owner: {not: {exists: false}}', 'tag owner is not one that is not set'],
    ['attr.size: {lt: 5}', 'its size is less than 5'],
    ['attr.size: {lte: 5}', 'its size is at most 5'],
    ['attr.size: {gt: 5}', 'its size is more than 5'],
    ['attr.size: {gte: 5}', 'its size is at least 5'],
    ['attr.size: {gte: 1, lt: 5}', 'its size is at least 1 and less than 5'],
    ['attr.size: {not: {lt: 5}}', 'its size is not less than 5'],
    ['attr.size: {not: {gte: 1, lt: 5}}', 'its size is not one that (is at least 1 and less than 5)'],
    ['attr.size: [{gte: 1, lt: 5}, 9]', 'its size is (at least 1 and less than 5) or 9'],
    ['workspace: {any: [a, {not: b}]}', 'workspace is a or is not b'],
    ['workspace: {all: [{glob: "a*"}, {not: ab}]}', 'workspace is like a* and is not ab'],
    ['workspace: {any: [a, {all: [{glob: "b*"}, {not: bc}]}]}', 'workspace is a or (is like b* and is not bc)'],
    ['workspace: {all: [[a, b], {not: c}]}', 'workspace is (a or b) and is not c'],
    ['workspace: {not: {all: [{glob: "a*"}, {not: ab}]}}', 'workspace is not one that (is like a* and is not ab)'],
    ['tag.x: {not: {not: a}}', 'tag x is not one that is not a'],
    ['team: {same_as: who.team}', "team is the principal's own team"],
    ['team: {not: {same_as: who.team}}', "team is not the principal's own team"],
    ['team: [sre, {same_as: who.team}]', "team is sre or the principal's own team"],
    ['team: {same_as: tag.team}', 'team is the same as tag team'],
    ['attr.owner: {same_as: who.id}', "its owner is the principal's own id"],
    ['attr.a.b: {same_as: attr.c}', 'its a.b is the same as its c'],
    // Literals keep their type.
    ['attr.x: null', 'its x is null'],
    ['attr.x: "null"', 'its x is "null"'],
    ['attr.x: 1', 'its x is 1'],
    ['attr.x: "1"', 'its x is "1"'],
    ['attr.x: true', 'its x is true'],
    ['attr.x: "true"', 'its x is "true"'],
    ['attr.x: {not: null}', 'its x is not null'],
    ['attr.x: ""', 'its x is ""'],
    // Sets of values.
    ['attr.settings.*.tier: db', 'one of its settings.*.tier is db'],
    ['attr.settings.**: [a, b]', 'one of its settings.** is a or b'],
    ['attr.settings.*.tier: {not: db}', 'none of its settings.*.tier is db'],
    ['attr.settings.*.tier: {not: [a, b]}', 'none of its settings.*.tier is a or b'],
    ['attr.settings.*.size: {gte: 1, lt: 5}', 'one of its settings.*.size is at least 1 and less than 5'],
    ['attr.s.*: {all: [a, {not: b}]}', 'one of its s.* is a and none of its s.* is b'],
    ['attr.s.*: {any: [a, {not: b}]}', 'one of its s.* is a or none of its s.* is b'],
    ['attr.s.*: {exists: false}', 'none of its s.* is set'],
    ['\'attr.tags["a.b"]\': x', 'its tags["a.b"] is x'],
    ['class: database', 'it is of class database'],
    ['class: [database, queue]', 'it is of class database or queue'],
    ['class: {not: database}', 'it is not of class database'],
    ['class: {not: [database, queue]}', 'it is of none of the classes database, queue'],
    ['class: {all: [stateful, {not: database}]}', 'it is of class stateful and it is not of class database'],
    ['class: {any: [stateful, {not: database}]}', 'it is of class stateful or it is not of class database'],
    ['class: {glob: "data*"}', 'it is of a class like data*'],
    ['class: {not: {glob: "data*"}}', 'it is not of a class like data*'],
    ['class: {exists: true}', 'it has a class'],
    ['class: {exists: false}', 'it has no class'],
    // Facts.
    ['do: [forget, destroy]', 'the operation is destroy or forget'],
    ['type: aws_db_instance', 'type is aws_db_instance'],
    ['provider: hashicorp/aws', 'provider is hashicorp/aws'],
    ['name: {glob: "main*"}', 'name is like main*'],
    ['address: {glob: "module.a[*].x"}', 'address is like module.a[*].x'],
    ['module: {glob: "module.shop.**"}', 'module is like module.shop.**'],
    ['module: null', 'it is in the root module'],
    ['module: {not: null}', 'it is not in the root module'],
    ['region: eu-central-1', 'region is eu-central-1'],
    ['account: "111122223333"', 'account is 111122223333'],
    ['replaces: true', 'it is part of a replace'],
    ['replaces: false', 'it is not part of a replace'],
    ['replaces: {not: true}', 'it is not part of a replace'],
    ['action_reason: replace_because_tainted', "Terraform's reason is replace_because_tainted"],
    ['action_reason: null', 'Terraform gives no reason'],
    ['successor: {same: [service]}', 'a successor with the same service exists'],
    ['successor: {same: [service, tag.x]}', 'a successor with the same service and tag x exists'],
    ['successor: {same: [service], type: any}', 'a successor of any type with the same service exists'],
    ['successor: present', 'a successor exists'],
    ['successor: absent', 'no successor exists'],
    ['dependents: none', 'nothing that stays refers to it'],
    ['dependents: some', 'something that stays refers to it'],
    ['dependents: {not: none}', 'dependents is not "none"'],
    ['changes: {only: tuning}', 'it changes only tuning'],
    ['changes: {only: [tuning, disarming]}', 'it changes only tuning and disarming'],
    ['changes: {any: tuning}', 'it changes tuning'],
    ['changes: {any: [tuning, name, "a.**"]}', 'it changes tuning, name or a.**'],
    ['changes: {none: tuning}', 'it does not change tuning'],
    ['changes: {none: [tuning, name]}', 'it changes none of tuning, name'],
    ['changes: {only: tuning, any: name}', 'it changes only tuning and it changes name'],
    ['repository: acme/shop', 'repository is acme/shop'],
    ['ref: {glob: "refs/heads/*"}', 'ref is like refs/heads/*'],
    ['event: [push, schedule]', 'event is push or schedule'],
    [
      'now: {gte: "2026-12-18T00:00:00Z", lt: "2026-12-19T00:00:00+01:00"}',
      'the time is at or after 2026-12-18T00:00:00Z and before 2026-12-19T00:00:00+01:00',
    ],
    ['now: {gt: "2026-12-18T00:00:00Z"}', 'the time is after 2026-12-18T00:00:00Z'],
    ['now: {lte: "2026-12-18T00:00:00Z"}', 'the time is at or before 2026-12-18T00:00:00Z'],
    // Who, where it stands as a condition.
    ['who: {kind: human}', 'the principal is human'],
    ['who: {kind: agent}', 'the principal is an agent'],
    ['who: {kind: [human, agent, ci]}', 'the principal is human, an agent or a CI job'],
    ['who: {kind: {not: human}}', 'the principal is not human'],
    ['who: {kind: {not: [agent, ci]}}', 'the principal is neither an agent nor a CI job'],
    ['who: {id: dana}', 'the principal is dana'],
    ['who: {id: {not: dana}}', 'the principal is not dana'],
    ['who: {team: sre}', 'the principal is of team sre'],
    ['who: {team: [sre, dba]}', 'the principal is of team sre or dba'],
    ['who: {team: {not: sre}}', 'the principal is not of team sre'],
    ['who: {team: {not: [sre, dba]}}', 'the principal is of none of the teams sre, dba'],
    ['who: {team: {all: [sre, dba]}}', 'the principal is of team sre and the principal is of team dba'],
    ['who: {team: {exists: false}}', 'the principal has no team'],
    ['who: {tier: T1}', "the principal's tier is T1"],
    ['who: {owner: {exists: true}}', "the principal's owner is set"],
    ['who: {assurance: [asserted, host]}', "the principal's assurance is asserted or host"],
    // Together.
    ['environment: production, team: {same_as: who.team}', "environment is production and team is the principal's own team"],
    ['environment: [production, staging], team: sre', 'environment is production or staging, and team is sre'],
    ['environment: production, team: sre, name: x', 'environment is production, team is sre, and name is x'],
    [
      'environment: production, unless: {successor: {same: [service]}}',
      'environment is production, unless a successor with the same service exists',
    ],
    [
      'environment: production, unless: {who: {team: sre}, name: x}',
      'environment is production, unless the principal is of team sre and name is x',
    ],
    ['unless: {name: x}', 'not (name is x)'],
    [
      'do: destroy, class: database, environment: production',
      'the operation is destroy, it is of class database, and environment is production',
    ],
  ])('%s', async (conditions, words) => {
    expect(conditionInWords(await conditionOf(conditions))).toBe(words);
  });

  const name = (value: string): Condition => ({ op: 'fact', key: 'name', test: { is: 'equals', value } });
  const both: Condition = { op: 'all', of: [name('b'), name('c')] };
  it.each<[Condition, string]>([
    [ALWAYS, 'always'],
    [NEVER, 'never'],
    [{ op: 'any', of: [name('a'), both] }, 'name is a, or (name is b and name is c)'],
    [{ op: 'all', of: [name('a'), { op: 'any', of: [name('b'), name('c')] }] }, 'name is a, and (name is b, or name is c)'],
    [{ op: 'all', of: [name('a'), both] }, 'name is a, name is b, and name is c'],
    [{ op: 'not', of: both }, 'not (name is b and name is c)'],
    [{ op: 'not', of: { op: 'not', of: name('a') } }, 'not (not (name is a))'],
    [
      { op: 'all', of: [name('a'), { op: 'not', of: name('b') }, { op: 'not', of: both }] },
      'name is a, unless name is b, and unless name is b and name is c',
    ],
    [{ op: 'not', of: { op: 'do', operations: new Set(['read']) } }, 'the operation is not read'],
    [{ op: 'not', of: { op: 'do', operations: new Set(['read', 'move']) } }, 'the operation is neither read nor move'],
    [{ op: 'any', of: [name('a')] }, 'name is a'],
    [{ op: 'any', of: [name('a'), { op: 'not', of: name('b') }] }, 'name is a, or not (name is b)'],
    [{ op: 'all', of: [name('a'), ALWAYS] }, 'name is a'],
    [{ op: 'not', of: NEVER }, 'not (never)'],
  ])('trees that a proof makes: %j', (condition, words) => {
    expect(conditionInWords(condition)).toBe(words);
  });

  it('a condition that is known to be about one key', () => {
    expect(matcherInWords('environment', { is: 'not', of: { is: 'equals', value: 'production' } })).toBe(
      'environment is not production',
    );
  });
});

describe('changes', () => {
  it.each([
    ['do: read', 'read anything'],
    ['do: manage, class: database', 'create, read, update, destroy, import and move databases'],
    ['class: database', 'do anything to databases'],
    ['class: {not: network}', 'do anything to all but networks'],
    ['do: read, class: {not: [identity, organization-policy]}', 'read anything but identities and organization-policies'],
    [
      'do: read, class: [stateful, dns, paging, customer-database, api, registry]',
      'read stateful resources, dns resources, paging resources, customer-databases, apis and registries',
    ],
    ['environment: production', 'do anything where environment is production'],
    ['do: [create, read, update, destroy, import, move, forget, invoke, reclassify], name: x', 'do anything where name is x'],
    [
      'do: read, class: {all: [stateful, {not: database}]}',
      'read anything where it is of class stateful and it is not of class database',
    ],
    ['do: read, unless: {name: x}', 'read anything, unless name is x'],
    [
      'do: read, who: {team: sre}, environment: production',
      'read anything where the principal is of team sre and environment is production',
    ],
  ])('%s', async (conditions, words) => {
    expect(changeInWords(await conditionOf(conditions))).toBe(words);
  });

  it('with other words between', async () => {
    expect(changeInWords(await conditionOf('do: [destroy, forget], class: [database, queue]'), 'or')).toBe(
      'destroy or forget databases or queues',
    );
  });
});

describe('principals', () => {
  it.each([
    ['anyone', 'anyone'],
    ['{kind: human}', 'humans'],
    ['{kind: agent}', 'agents'],
    ['{kind: ci}', 'CI jobs'],
    ['{kind: [human, agent]}', 'humans and agents'],
    ['{kind: {not: human}}', 'anyone who is not human'],
    ['{kind: {not: [agent, ci]}}', 'anyone who is neither an agent nor a CI job'],
    ['{team: sre}', 'anyone of team sre'],
    ['{team: [sre, dba]}', 'anyone of team sre or dba'],
    ['{kind: human, team: developers}', 'humans of team developers'],
    ['{kind: human, team: {not: developers}}', 'humans not of team developers'],
    ['{kind: human, team: {not: [sre, dba]}}', 'humans of none of the teams sre, dba'],
    ['{team: {all: [sre, dba]}}', 'anyone of team sre and of team dba'],
    ['{id: dana}', 'dana'],
    ['{id: [dana, erin]}', 'dana and erin'],
    ['{kind: human, id: dana}', 'humans with id dana'],
    ['{id: {glob: "bot-*"}}', 'anyone with an id like bot-*'],
    ['{id: {not: dana}}', 'anyone who is not dana'],
    ['{kind: agent, tier: T1}', 'agents of tier T1'],
    ['{kind: agent, tier: {not: T1}}', 'agents not of tier T1'],
    ['{kind: agent, tier: {exists: false}}', 'agents whose tier is not set'],
    ['{kind: agent, owner: dana}', 'agents owned by dana'],
    ['{kind: agent, owner: {not: dana}}', 'agents not owned by dana'],
    ['{kind: agent, tier: T1, owner: dana, team: sre}', 'agents of tier T1, owned by dana, and of team sre'],
    ['{assurance: host}', 'anyone with assurance host'],
    [
      '{kind: agent, team: {any: [sre, {not: dba}]}}',
      'agents for whom this holds: the principal is of team sre or the principal is not of team dba',
    ],
    ['{kind: agent, owner: {same_as: who.id}}', 'agents owned by their own id'],
  ])('%s', async (who, words) => {
    expect(whoInWords(await whoOf(who))).toBe(words);
  });
});

describe('rules', () => {
  const grant = async (who: string, may: string) => {
    const { grants } = await rulesetOf(`lanes: {x: {who: ${who}, may: [{${may}}]}}`);
    return grantInWords(grants[0] as (typeof grants)[number]);
  };
  it.each([
    [
      '{kind: human, team: developers}',
      'do: manage, class: [database, queue], environment: {not: production}',
      'humans of team developers may create, read, update, destroy, import and move databases and queues where environment is not production',
    ],
    [
      '{kind: human}',
      'do: update, class: database, environment: production, changes: {only: tuning}',
      'humans may update databases where environment is production and it changes only tuning',
    ],
    [
      '{kind: [human, agent]}',
      'do: create, class: database, team: {same_as: who.team}, dependents: none',
      'humans and agents may create databases where team is their own team and nothing that stays refers to it',
    ],
    ['anyone', 'class: database', 'anyone may do anything to databases'],
  ])('a lane: %s %s', async (who, may, words) => {
    expect(await grant(who, may)).toBe(words);
  });

  const guard = async (text: string) => {
    const { denies, obligations } = await rulesetOf(`guards: [{id: g, ${text}}]`);
    const [deny] = denies;
    const [obligation] = obligations;
    return deny ? denyInWords(deny) : obligation ? obligationInWords(obligation) : '';
  };
  it.each([
    [
      'deny: [destroy, forget], class: stateful, environment: production, unless: {successor: {same: [service]}}',
      'nobody may destroy or forget stateful resources where environment is production, unless a successor with the same service exists',
    ],
    ['who: {kind: agent}, deny: create, class: [identity, permission]', 'agents may not create identities or permissions'],
    ['who: {kind: {not: human}}, deny: create, class: identity', 'nobody who is not human may create identities'],
    ['who: {team: sre}, deny: create', 'nobody of team sre may create anything'],
    [
      'who: {id: dana}, deny: create, team: {not: {same_as: who.team}}',
      'dana may not create anything where team is not their own team',
    ],
    ['deny: create, class: {not: helper}', 'nobody may create anything but helpers'],
    [
      'require: {approval: {from: {team: sre}, count: 1, not_by: [author, delegator]}}, do: [destroy, import], environment: production',
      'anyone needs 1 approval of team sre, not by the author or the delegator, to destroy or import anything where environment is production',
    ],
    [
      'who: {kind: agent}, require: {approval: {from: {team: sre}, count: 2}}, unless: {name: x}',
      'agents need 2 approvals of team sre to do anything, unless name is x',
    ],
    [
      'who: {id: dana}, require: {approval: {from: {id: sam}, not_by: [author]}}, do: read',
      'dana needs 1 approval of sam, not by the author, to read anything',
    ],
  ])('a guard: %s', async (text, words) => {
    expect(await guard(text)).toBe(words);
  });

  it('freezes and temporary grants say when', async () => {
    const { denies, grants } = await rulesetOf(`
freezes:
  - {id: a, deny: [create, update], environment: production, from: "2026-12-18T00:00:00+01:00", until: "2027-01-04T00:00:00.5+01:00", unless: {who: {team: sre}}}
  - {id: b, deny: create, until: "2027-01-04T00:00:00Z"}
  - {id: c, deny: create, from: "2027-01-04T00:00:00Z"}
grants:
  - {id: d, who: {id: dana}, may: {do: destroy, class: database, environment: staging}, from: "2026-11-20T08:00:00Z", until: "2026-11-22T08:00:00Z", reason: CHG-4711}`);
    expect([...denies.map(denyInWords), ...grants.map(grantInWords)]).toEqual([
      'from 2026-12-17T23:00:00Z until 2027-01-03T23:00:00.500Z, nobody may create or update anything where environment is production, unless the principal is of team sre',
      'until 2027-01-04T00:00:00Z, nobody may create anything',
      'from 2027-01-04T00:00:00Z on, nobody may create anything',
      'from 2026-11-20T08:00:00Z until 2026-11-22T08:00:00Z, dana may destroy databases where environment is staging',
    ]);
    expect(spanInWords({ from: null, until: null })).toBe('at any time');
  });

  it('quotas', async () => {
    const { quotas } = await rulesetOf(`quotas:
  - {id: a, who: {kind: agent}, per_plan: {destroy: 2, any: 100}}
  - {id: b, per_plan: {create: 1}, class: database, environment: production}
  - {id: c, per_plan: {any: 3}, do: [create, destroy]}`);
    expect(quotas.map(quotaInWords)).toEqual([
      'agents may do at most 2 destroys and 100 operations in all per plan',
      'anyone may do at most 1 create per plan, counting only changes that do anything to databases where environment is production',
      'anyone may do at most 3 operations in all per plan, counting only changes that create or destroy anything',
    ]);
  });

  it('ceilings, with the scope of their file; every rule of such a file has it', async () => {
    const { ruleset } = await loadFiles({ 'inlane.yaml': EXAMPLE, 'shop/inlane.yaml': EXAMPLE_SHOP }, 'shop');
    expect(ruleset.ceilings.map(ceilingInWords)).toEqual([
      'where account is 111122223333 and module is like module.shop.**, anyone may at most do anything to all but networks',
      'where account is 111122223333 and module is like module.shop.**, agents may at most read anything; or create, read, update, destroy, import and move anything where environment is development',
    ]);
    expect(grantInWords(ruleset.grants.find((g) => g.id === 'shop-oncall') as (typeof ruleset.grants)[number])).toBe(
      'anyone of team sre may update caches where account is 111122223333, module is like module.shop.**, and environment is production',
    );
  });

  it('tiers, partial plans, proof obligations', async () => {
    const { tiers, partial, never } = await rulesetOf(`
lanes:
  ops: {who: {kind: human, team: sre}, partial: [incomplete], may: [{do: read}]}
  all: {who: anyone, partial: [errored, deferred, incomplete]}
never:
  - {id: a, who: {kind: agent}, do: [destroy, forget], class: database, environment: production, unless: {successor: {same: [service]}}}
  - {id: b, do: create, even_with_approval: true}`);
    expect([...(tiers ?? [])].map(([name, may]) => tierInWords(name, may))).toEqual([
      'agents of tier T0 may at most read anything',
      'agents of tier T1 may at most read anything; or create, read, update, destroy, import and move anything where environment is development',
      "agents of tier T2 may at most create, read, update, destroy, import and move anything where the principal's owner is dana",
    ]);
    expect(partial.map(partialInWords)).toEqual([
      'plans of humans of team sre may pass although they are incomplete',
      'plans of anyone may pass although they are incomplete, deferred or errored',
    ]);
    expect(never.map(neverInWords)).toEqual([
      'without an approval, agents can never destroy or forget databases where environment is production, unless a successor with the same service exists',
      'even with an approval, nobody can ever create anything',
    ]);
  });

  it('a tier without alternatives allows nothing', () => {
    expect(tierInWords('T9', NEVER)).toBe('agents of tier T9 may do nothing');
  });
});

describe('the domain language', () => {
  it('classes of the user', async () => {
    const { classes } = await rulesetOf('');
    expect([...classes.values()].map(classInWords)).toEqual([
      'resources of a type like acme_graph_*, which are also databases',
      'databases where data is confidential',
      'resources of a type like pagerduty_* or of type oncall_rota',
    ]);
  });

  it('attributes', async () => {
    const { ruleset } = await loadFiles({ 'inlane.yaml': EXAMPLE });
    expect([...ruleset.attributes.values()].map(attributeInWords)).toEqual([
      {
        values: 'production (also prod, live), staging (also stg) or development (also dev)',
        sources: [
          'stack (stacks/prod/** is production, stacks/dev/** is development)',
          'workspace (*-prod is production, *-stg is staging, dev-* is development)',
          'account (111122223333 is production)',
          'the tag that carries it',
        ],
        carriers:
          'tag environment on aws, azurerm; tag 123456789012/environment on google; tag acme.io/environment on kubernetes',
        required: 'required of every taggable resource when it is created, replaced or imported',
      },
      {
        values: 'developers, orders, dba or sre',
        sources: ['the tag that carries it'],
        carriers: 'tag team',
        required: 'required of every taggable resource when it is created, replaced or imported',
      },
      { values: 'any value', sources: ['the tag that carries it'], carriers: 'tag service', required: null },
      {
        values: 'confidential, internal or public',
        sources: ['the tag that carries it'],
        carriers: 'tag data',
        required: 'required of databases and object-storage resources when they are created',
      },
    ]);
  });

  it('required tags', () => {
    expect(requiredInWords({ classes: ['database'], on: new Set(['import', 'create']), enforce: false })).toBe(
      'required of databases when they are created or imported',
    );
  });

  it('other sources', async () => {
    const { attributes } = await loadFiles({
      'inlane.yaml': `inlane: 1
level: org
attributes:
  environment:
    values: [production, development]
    from:
      - variable: {env: {prod: production}}
      - attr: {tags.env: {"*": development}}
      - tag: {env: {p: production}}
      - tag: other
      - namespace: {"dev-*": development}
`,
    }).then((loaded) => loaded.ruleset);
    const [environment] = [...attributes.values()].map(attributeInWords);
    expect(environment).toEqual({
      values: 'production or development',
      sources: [
        'variable env (prod is production)',
        'its tags.env (* is development)',
        'tag env (p is production)',
        'tag other',
        'namespace (dev-* is development)',
      ],
      carriers: null,
      required: null,
    });
  });
});

describe('text that wants to be a rule', () => {
  it.each([
    ['workspace: "production, or always"', 'workspace is "production, or always"'],
    ['workspace: or', 'workspace is "or"'],
    ['workspace: {glob: "x* or like *"}', 'workspace is like "x* or like *"'],
    ['workspace: "a\\nb"', 'workspace is "a\\nb"'],
    ['"tag.a is b": c', 'tag "a is b" is c'],
    ['workspace: "a\\"b"', 'workspace is "a\\"b"'],
    ['changes: {only: "tuning or anything else"}', 'it changes only "tuning or anything else"'],
    ['successor: {same: ["tag.x or nothing"]}', 'a successor with the same tag "x or nothing" exists'],
    ['"attr.x is y, or its z": c', 'its "x is y, or its z" is c'],
    ['workspace: "(a)"', 'workspace is "(a)"'],
  ])('%s', async (conditions, words) => {
    expect(conditionInWords(await conditionOf(conditions))).toBe(words);
  });

  it('a very long value is cut with a count', async () => {
    expect(conditionInWords(await conditionOf(`workspace: ${'x'.repeat(10_000)}`))).toBe(
      `workspace is "${'x'.repeat(300)}... (9700 more characters)"`,
    );
  });
});
