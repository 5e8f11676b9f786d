import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/prove/asked.ts';
import { type Lint, lintRules } from '../../src/prove/lint.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';

const TYPES_HERE = knowing(Object.keys(TYPES) as TypeName[]);

async function lints(body: string, now: number | null = null): Promise<readonly Lint[]> {
  const ruleset = await loadText(`inlane: 1\nlevel: org\n${body}`);
  const verdicts = new Verdicts(new Space([ruleset], askedOf([ruleset]), TYPES_HERE), 0);
  return lintRules(verdicts, TYPES_HERE, now);
}

/** `code id` of each finding. */
const told = async (body: string, now: number | null = null) => (await lints(body, now)).map(({ code, id }) => `${code} ${id}`);

const LANES = (...mays: readonly string[]) => `lanes: {l: {who: anyone, may: [${mays.join(', ')}]}}`;
const OTHER = LANES('{do: update, class: database}');
const PEOPLE = 'principals: {teams: {sre: [sam], dev: [dana, erin], none: []}, people: {dana: {}, erin: {}, sam: {}}}';
const APPROVAL = (approval: string, when = 'do: destroy') => `guards: [{id: g, require: {approval: {${approval}}}, ${when}}]`;
const FREEZE = 'freezes: [{id: f, deny: create, class: database, from: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z"}]';
const GRANT =
  'grants: [{id: t, who: {id: dana}, may: {do: destroy, class: database}, from: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z", reason: x}]';
const ENV = (from: string) => `attributes: {environment: {values: [production, development], from: [${from}], tag: environment}}`;

describe('lint', () => {
  it.each<[string, string, readonly string[]]>([
    ['a fine rule', OTHER, []],
    // contradictory
    [
      'a grant whose conditions exclude each other',
      LANES('{do: update, class: {all: [database, {not: database}]}}'),
      ['contradictory l'],
    ],
    ['a class that no type is in twice', LANES('{do: update, class: {all: [database, identity]}}'), ['contradictory l']],
    ['what no create has', LANES('{do: create, class: database, successor: {same: [name]}}'), ['contradictory l']],
    ['what a create has', LANES('{do: create, class: database, dependents: {exists: false}}'), []],
    ['a guard that can never hold', `${OTHER}\nguards: [{id: g, deny: update, replaces: true}]`, ['contradictory g']],
    ['a guard that can', `${OTHER}\nguards: [{id: g, deny: destroy, replaces: true}]`, []],
    [
      'an approval that is never asked for',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}', 'do: create, successor: absent')}`,
      ['contradictory g'],
    ],
    ['a proof of nothing', `${OTHER}\nnever: [{id: N, do: create, successor: {same: [name]}}]`, ['contradictory N']],
    ['a proof of something', `${OTHER}\nnever: [{id: N, do: destroy, successor: {same: [name]}}]`, []],
    // unreachable
    [
      'a ceiling above all of a grant',
      `${LANES('{do: update, class: database}', '{do: read, class: database}')}\nceilings: [{id: c, may: [{do: read}]}]`,
      ['unreachable l'],
    ],
    [
      'a ceiling above some of it',
      `${LANES('{do: [read, update], class: database}')}\nceilings: [{id: c, may: [{do: read}]}]`,
      [],
    ],
    ['a guard against all of a grant', `${OTHER}\nguards: [{id: g, deny: update, class: stateful}]`, ['unreachable l']],
    ['a guard against some of it', `${OTHER}\nguards: [{id: g, deny: update, class: database, tag.a: x}]`, []],
    ['a guard that only watches', `${OTHER}\nguards: [{id: g, deny: update, class: stateful, enforce: observe}]`, []],
    [
      'a tier that caps all of an agent’s lane',
      `lanes: {l: {who: {kind: agent}, may: [{do: update, class: database}]}}\nprincipals: {agents: {bot: {tier: T}}, tiers: {T: [{do: read}]}}`,
      ['unreachable l'],
    ],
    // shadowed
    [
      'a grant within an earlier one',
      LANES('{do: [update, create], class: database}', '{do: update, class: database}'),
      ['shadowed l'],
    ],
    [
      'a grant within a later one',
      LANES('{do: update, class: database}', '{do: [update, create], class: database}'),
      ['shadowed l'],
    ],
    [
      'a grant within two others',
      LANES(
        '{do: update, class: database}',
        '{do: create, class: database}',
        '{do: [update, create], class: database, tag.a: x}',
      ),
      ['shadowed l'],
    ],
    ['two grants that overlap', LANES('{do: [update, create], class: database}', '{do: [update, destroy], class: database}'), []],
    [
      'a lane within a temporary grant',
      `lanes: {l: {who: {id: dana}, may: [{do: destroy, class: database, tag.a: x}]}}\n${GRANT}`,
      [],
    ],
    [
      'a temporary grant within a lane',
      `lanes: {l: {who: anyone, may: [{do: destroy, class: database}]}}\n${GRANT}`,
      ['shadowed t'],
    ],
    [
      'the same grant twice: the later one',
      'lanes: {a: {who: anyone, may: [{do: update, class: database}]}, b: {who: anyone, may: [{do: update, class: database}]}}',
      ['shadowed b'],
    ],
    // broad
    ['every operation', LANES('{class: database}'), ['broad l']],
    ['every kind of thing', LANES('{do: update}'), ['broad l']],
    ['reading everything', LANES('{do: read}'), []],
    ['a place', `${ENV('{account: {"1": production}}')}\n${LANES('{do: update, environment: production}')}`, []],
    // approvals
    ['an approval that two people can give', `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, count: 2')}`, []],
    [
      'an approval of more people than there are',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, count: 3')}`,
      ['approval-impossible g'],
    ],
    ['an approval of an empty team', `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: none}')}`, ['approval-impossible g']],
    ['an approval of nobody known', `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {id: zoe}')}`, ['approval-impossible g']],
    ['an approval of one person', `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {id: sam}')}`, []],
    [
      'an approval of a person of a team, where no people are listed',
      `${OTHER}\nprincipals: {teams: {sre: [sam]}}\n${APPROVAL('from: {id: sam}')}`,
      [],
    ],
    [
      'an approval of an agent',
      `${OTHER}\nprincipals: {agents: {bot: {}}}\n${APPROVAL('from: {id: bot}')}`,
      ['approval-impossible g'],
    ],
    ['without a registry nobody can tell', `${OTHER}\n${APPROVAL('from: {team: sre}, count: 9')}`, []],
    [
      'not by the author, who is alone',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: sre}, not_by: [author]')}`,
      ['approval-alone g'],
    ],
    ['not by the author, one of two', `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, not_by: [author]')}`, []],
    [
      'not by the author, one of two who both must',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, count: 2, not_by: [author]')}`,
      ['approval-alone g'],
    ],
    [
      'not by the author, who is alone, and whom the guard is not about',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: sre}, not_by: [author]', 'do: destroy, who: {team: dev}')}`,
      [],
    ],
    // pinned
    ['an address', LANES('{do: update, address: aws_db_instance.main}'), ['pinned l']],
    ['a glob over addresses', LANES('{do: update, address: {glob: "aws_db_instance.*"}}'), []],
    ['an ARN', LANES('{do: update, attr.arn: "arn:aws:rds:eu-central-1:1:db:main"}'), ['pinned l']],
    ['an ARN in another attribute', LANES('{do: update, attr.role: ["x", "arn:aws:iam::1:role/x"]}'), ['pinned l']],
    ['an id', LANES('{do: update, attr.subnet: subnet-0a1b2c3d}'), ['pinned l']],
    ['an account is a place', LANES('{do: update, account: "111122223333"}'), []],
    ['an object that a guard names', `${OTHER}\nguards: [{id: g, deny: destroy, attr.id: main}]`, ['pinned g']],
    // tags-only
    ['an attribute of tags alone', `${ENV('{tag: environment}')}\n${OTHER}`, ['tags-only environment']],
    [
      'an environment of options and tags alone',
      `${ENV('{workspace: {"*": production}}, {tag: environment}')}\n${OTHER}`,
      ['tags-only environment'],
    ],
    ['an environment that an account says', `${ENV('{account: {"1": production}}, {tag: environment}')}\n${OTHER}`, []],
    [
      'another attribute that the workspace says',
      `attributes: {tenant: {values: [a], from: [{workspace: {"*": a}}]}}\n${OTHER}`,
      [],
    ],
    ['an attribute of any value', `attributes: {service: {values: any, from: [{tag: service}]}}\n${OTHER}`, []],
    // successor-alone
    ['a successor that shares nothing', LANES('{do: destroy, class: database, successor: present}'), ['successor-alone l']],
    ['a successor that shares the name', LANES('{do: destroy, class: database, successor: {same: [name]}}'), []],
    ['no successor', LANES('{do: destroy, class: database, successor: absent}'), []],
    ['under `unless`', `${OTHER}\nguards: [{id: g, deny: destroy, unless: {successor: present}}]`, ['successor-alone g']],
  ])('%s', async (_, body, expected) => {
    expect(await told(body)).toEqual(expected);
  });

  it('only what nobody can ever give is an error', async () => {
    const severities = async (approval: string) =>
      (await lints(`${OTHER}\n${PEOPLE}\n${APPROVAL(approval)}`)).map(({ code, severity }) => `${code} ${severity}`);
    expect(await severities('from: {team: dev}, count: 3')).toEqual(['approval-impossible error']);
    expect(await severities('from: {team: sre}, not_by: [author]')).toEqual(['approval-alone warning']);
    const all = await lints(LANES('{class: database}', '{do: update, class: database}'));
    expect(new Set(all.map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });

  it.each<[string, string, string, readonly string[]]>([
    ['a freeze before its end', FREEZE, '2026-01-31T23:59:59.999Z', []],
    ['a freeze at its end', FREEZE, '2026-02-01T00:00:00Z', ['expired f']],
    ['a grant before it begins', GRANT, '2025-01-01T00:00:00Z', []],
    ['a grant at its end', GRANT, '2026-01-02T00:00:00Z', ['expired t']],
    ['a freeze without an end', FREEZE.replace(/, until: "[^"]*"/, ''), '2030-01-01T00:00:00Z', []],
  ])('%s', async (_, body, now, expected) => {
    expect(await told(`${OTHER}\n${body}`, Date.parse(now))).toEqual(expected);
    expect(await told(`${OTHER}\n${body}`)).toEqual([]);
  });

  it('a hint names the class of a pinned object', async () => {
    const [pinned] = await lints(LANES('{do: update, type: aws_db_instance, attr.id: main}'));
    expect(pinned?.hint).toContain('`class: database`');
  });

  it.each<[string, string, string]>([
    [
      'too few for several',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, count: 3')}`,
      'guard `g` asks for 3 approvals of team `dev`, which has only 2',
    ],
    [
      'nobody for one',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: none}')}`,
      'guard `g` asks for 1 approval of team `none`, which has nobody who could give one',
    ],
    [
      'nobody of that name',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {id: zoe}')}`,
      'guard `g` asks for 1 approval of `zoe`, which has nobody who could give one',
    ],
    [
      'the author alone',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: sre}, not_by: [author]')}`,
      'guard `g` asks for 1 approval, not by the author: nobody is left to give it for `sam`',
    ],
    [
      'one of two who both must',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}, count: 2, not_by: [author]')}`,
      'guard `g` asks for 2 approvals, not by the author: nobody is left to give them for `dana`, `erin`',
    ],
    [
      'a grant that adds nothing to one other',
      LANES('{do: [update, create], class: database}', '{do: update, class: database}'),
      'a grant of lane `l` adds nothing: a grant of lane `l` (line 3) grants all of it',
    ],
    [
      'a grant that adds nothing to several',
      LANES(
        '{do: update, class: database}',
        '{do: create, class: database}',
        '{do: [update, create], class: database, tag.a: x}',
      ),
      'a grant of lane `l` adds nothing: other grants together grant all of it',
    ],
    [
      'a temporary grant that adds nothing',
      `lanes: {l: {who: anyone, may: [{do: destroy, class: database}]}}\n${GRANT}`,
      'grant `t` adds nothing: a grant of lane `l` (line 3) grants all of it',
    ],
    ['an ended freeze', `${OTHER}\n${FREEZE}`, 'freeze `f` ended 2026-02-01T00:00:00Z'],
    ['a pinned grant', LANES('{do: update, attr.id: main}'), 'a grant of lane `l` is pinned to one object: `attr.id` is `main`'],
    [
      'a ceiling above all of a grant',
      `${LANES('{do: update, class: database}', '{do: read, class: database}')}\nceilings: [{id: c, may: [{do: read}]}]`,
      'a grant of lane `l` grants nothing: a ceiling or tier above caps all of it',
    ],
    [
      'guards against all of a grant',
      `${OTHER}\nguards: [{id: g, deny: update, class: stateful}]`,
      'a grant of lane `l` grants nothing: guards deny all of it',
    ],
    ['a guard that never holds', `${OTHER}\nguards: [{id: g, deny: update, replaces: true}]`, 'guard `g` can never hold'],
    [
      'a freeze that never holds',
      `${OTHER}\nfreezes: [{id: f, deny: update, replaces: true, until: "2027-01-01T00:00:00Z"}]`,
      'freeze `f` can never hold',
    ],
  ])('says so in words: %s', async (_, body, message) => {
    const all = await lints(body, Date.UTC(2026, 5));
    expect(all.map((lint) => lint.message)).toContain(message);
    for (const { hint, at } of all) expect([hint.length > 0, at.line > 0]).toEqual([true, true]);
  });

  it.each<[string, string, readonly string[]]>([
    ['a grant of no operation and no kind', 'lanes: {l: {who: anyone, may: [{tag.a: x}]}}', ['broad l']],
    ['a grant that time alone narrows', LANES('{do: update, now: {lt: "2026-01-01T00:00:00Z"}}'), ['broad l']],
    ['a grant of reading and updating', LANES('{do: [read, update]}'), ['broad l']],
    ['a grant that paths narrow', LANES('{do: update, changes: {only: [size]}}'), []],
    ['a grant that `unless` narrows', LANES('{do: update, unless: {class: identity}}'), []],
    // Everywhere that something can be pinned, and not where it cannot.
    ['a pinned ceiling', `${OTHER}\nceilings: [{id: c, may: [{address: aws_db_instance.main}, {do: update}]}]`, ['pinned c']],
    ['a pinned quota', `${OTHER}\nquotas: [{id: q, address: aws_db_instance.main, per_plan: {destroy: 1}}]`, ['pinned q']],
    [
      'a pinned approval',
      `${OTHER}\n${PEOPLE}\n${APPROVAL('from: {team: dev}', 'do: destroy, address: aws_db_instance.main')}`,
      ['pinned g'],
    ],
    ['a pin under `not`', LANES('{do: update, address: {not: aws_db_instance.main}}'), ['pinned l']],
    ['an ARN under `unless`', `${OTHER}\nguards: [{id: g, deny: destroy, unless: {attr.arn: "arn:aws:rds:x"}}]`, ['pinned g']],
    ['an ARN with a glob', LANES('{do: update, attr.policy: {glob: "arn:aws:iam::*"}}'), ['pinned l']],
    ['an id with a glob is a kind of ids', LANES('{do: update, attr.id: {glob: "db-*"}}'), []],
    ['an id among several', LANES('{do: update, attr.self_link: {any: [x, {not: y}]}}'), ['pinned l']],
    ['an id of another attribute', LANES('{do: update, attr.parent_id: main}'), []],
    ['another attribute that begins like one', LANES('{do: update, attr.identity: main}'), []],
    ['another attribute that ends like one', LANES('{do: update, attr.x.attr.id: main}'), []],
    ['a number', LANES('{do: update, attr.id: 5}'), []],
    ['whether there is an id', LANES('{do: update, attr.id: {exists: true}}'), []],
    ['a resource group', LANES('{do: update, attr.scope: "/subscriptions/x/resourceGroups/y"}'), ['pinned l']],
    ['a project path', LANES('{do: update, attr.target: "projects/x/topics/y"}'), ['pinned l']],
    ['an instance', LANES('{do: update, attr.instance: i-0a1b2c3d}'), ['pinned l']],
    // Where successors are asked for.
    [
      'a successor in a ceiling',
      `${OTHER}\nceilings: [{id: c, may: [{successor: present}, {do: update}]}]`,
      ['successor-alone c'],
    ],
    ['a successor of a quota', `${OTHER}\nquotas: [{id: q, successor: present, per_plan: {destroy: 1}}]`, ['successor-alone q']],
    // Attributes.
    [
      'two sources, both tags',
      `attributes: {tenant: {values: [a], from: [{tag: tenant}, {tag: owner}], tag: {aws: tenant}}}\n${OTHER}`,
      ['tags-only tenant'],
    ],
    ['an environment that nothing says', `attributes: {environment: {values: [a]}}\n${OTHER}`, []],
    [
      'an environment of a stack',
      `attributes: {environment: {values: [a], from: [{stack: {"*": a}}]}}\n${OTHER}`,
      ['tags-only environment'],
    ],
    [
      'an environment of any value by tags',
      `attributes: {environment: {values: any, from: [{tag: env}], tag: {aws: env}}}\n${OTHER}`,
      ['tags-only environment'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(await told(body)).toEqual(expected);
  });

  it('of a grant and a freeze of one name both are told when they have ended, once each', async () => {
    const both = `lanes: {l: {who: anyone, may: [{do: read, class: database}]}}
${PEOPLE}
grants: [{id: t, who: {id: dana}, may: [{do: destroy, class: database}, {do: update, class: database}], from: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z", reason: x}]
freezes: [{id: f, deny: create, class: database, until: "2026-01-02T00:00:00Z"}]`;
    expect(await told(both, Date.UTC(2026, 0, 2))).toEqual(['expired t', 'expired f']);
    expect(await told(both, Date.UTC(2026, 0, 2) - 1)).toEqual([]);
  });

  it('a question that is too large is told as such, and what hangs on no region still is', async () => {
    const alternatives = (name: string) =>
      `{id: ${name}, may: [${Array.from({ length: 28 }, (_, i) => `{attr.${name}${i}: 1}`).join(', ')}]}`;
    const all = await lints(
      `${LANES('{do: update, class: database, address: a.b}')}\nceilings: [${['a', 'b', 'c'].map(alternatives).join(', ')}]`,
    );
    expect(all.map(({ code }) => code)).toEqual(['inconclusive', 'pinned']);
    expect(all[0]).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('too many combinations of conditions'),
    });
  });
});
