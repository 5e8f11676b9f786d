import { describe, expect, test } from 'vitest';
import { failure, loadText } from './folder.ts';

/** `«` stands before the first character of what is complained about; taken out before loading. */
type Row = readonly [name: string, text: string, message: RegExp, hint?: RegExp];

const HEAD = 'inlane: 1\nlevel: org\n';
const DOMAIN = `${HEAD}attributes:
  environment: {values: {production: [prod], development: [dev]}, from: [{workspace: {"*-prod": production}}], tag: environment}
  service: {values: any, from: [{tag: service}]}
paths:
  tuning: [instance_class, "tags.**"]
operations:
  manage: [create, update]
principals:
  teams: {developers: [dana], sre: [sam]}
  people: {dana: {github: "1"}, sam: {}}
  agents: {robot: {owner: dana, tier: T1}}
  tiers: {T1: [{do: read}]}
`;
const guard = (body: string) => `${DOMAIN}guards:\n  - {id: g, ${body}}\n`;
const lane = (body: string) => `${DOMAIN}lanes:\n  l: {who: anyone, may: [${body}]}\n`;

const YAML: readonly Row[] = [
  ['empty file', '«', /empty/],
  ['only a comment', '«# nothing\n', /empty/],
  ['a scalar', '«org\n', /a lane file is a map/],
  ['a list', '«- 1\n', /a lane file is a map/],
  ['two documents', `${HEAD}«---\ninlane: 1\nlevel: org\n`, /second YAML document/],
  ['tab as indentation', `${HEAD}limits:\n«\tobserve: true\n`, /^a tab before the first word of a line$/, /blanks/],
  ['tab behind a key', `${HEAD}limits:\t{«observe: true}\n`, /not valid YAML/, /instead of tabs/],
  ['unclosed flow list', `${HEAD}guards: [\n«`, /not valid YAML/, /close the bracket or quote/],
  ['unclosed quote', `${HEAD}extends: ["a]\n«`, /not valid YAML/, /close the bracket or quote/],
  ['closing bracket below its key', `${HEAD}limits: {\n  observe: true\n«}\n`, /not valid YAML/, /a closing bracket too/],
  ['words behind a value', `${HEAD}limits: {observe: true} «x\n`, /not valid YAML: bad indentation of a mapping entry/],
  ['words at the end', ` inlane: 1\n«level: org\n`, /not valid YAML: end of the stream/, /indent the line/],
  ['a bare carriage return', `${HEAD}limits: {}«\rguards: []\n`, /carriage return without a line feed/],
  ['a byte order mark', `${HEAD}«\ufefflimits: {}\n`, /byte order mark within/],
  ['the end of no document', `«...\n${HEAD}`, /does not start with this/],
  ['an indented start', ` «---\n${HEAD}`, /does not start with this/],
  ['the end of a document twice', `${HEAD}...\n# x\n«...\n`, /second YAML document/],
  ['two documents without a start', `${HEAD}...\n«inlane: 1\n`, /second YAML document/],
  [
    'a key in the line of another value',
    `${HEAD}guards:\n- {id: g, deny: destroy}«classes: {}\n`,
    /does not stand below the first key/,
  ],
  ['a key behind a question mark', `${HEAD}? «limits\n: {observe: true}\n`, /does not stand below the first key/, /without `\?`/],
  ['a text block with a digit', `${guard('deny: destroy')}  - id: b\n    deny: destroy\n    why: «|2\n      x\n`, /digit/],
  [
    'a text block without an end',
    `${guard('deny: destroy')}  - id: b\n    deny: destroy\n    why: «|\n      x\n       `,
    /ends in blanks/,
  ],
  ['a control character', `${HEAD}limits: {«\u0001: 1}\n`, /not valid YAML: .*non-printable/],
  ['a NUL', `${HEAD}limits: «\0\n`, /not valid YAML: null byte/],
  ['duplicate key', `${HEAD}«level: org\n`, /duplicate key `level`/, /2:1/],
  ['duplicate key deep', `${HEAD}limits: {observe: true, «observe: false}\n`, /duplicate key `observe`/],
  ['merge key', `${HEAD}limits: {«<<: {observe: true}}\n`, /merge keys/],
  ['anchor', `${HEAD}limits: &x «{observe: true}\n`, /`&x` is an anchor/],
  ['alias', `${HEAD}limits: «*x\n`, /not valid YAML|alias/],
  ['YAML tag', `${HEAD}limits: {observe: !!bool «true}\n`, /YAML tag/],
  ['YAML 1.1', '«%YAML 1.1\n---\ninlane: 1\nlevel: org\n', /YAML 1\.2/],
  ['complex key', `${HEAD}limits: {? «[a] : 1}\n`, /a key is neither/],
  [
    'number key',
    `${HEAD}attributes: {e: {values: [a], from: [{account: {«111122223333: a}}]}}\n`,
    /key `111122223333` is not text/,
    /"111122223333"/,
  ],
  ['boolean key', `${HEAD}classes: {«true: {types: [a]}}\n`, /key `true` is not text/],
  [
    'unquoted date',
    `${HEAD}freezes: [{id: f, deny: create, from: «2026-12-18}]\n`,
    /date or time without quotes/,
    /write "2026-12-18"/,
  ],
  ['unquoted instant', `${HEAD}freezes: [{id: f, deny: create, from: «2026-12-18T00:00:00Z}]\n`, /date or time without quotes/],
  ['date as a name', `${HEAD}classes: {«2026-12-18: {types: [a]}}\n`, /date or time without quotes/],
  ['yes for a boolean', `${HEAD}limits: {observe: «yes}\n`, /`yes` is text in YAML 1\.2/, /`true`, or "yes"/],
  ['off for a text', `${guard('deny: destroy, tag.backup: «off')}`, /`off` is text/, /`false`, or "off"/],
  ['number beyond 2^53', guard('deny: destroy, attr.size: «9007199254740993'), /beyond 2\^53/],
  ['leading zero', guard('deny: destroy, attr.mode: «0644'), /leading zero/],
  ['a number beyond all', guard('deny: destroy, attr.size: {lt: «1e999}'), /no number/],
  ['a hexadecimal number beyond 2^53', guard('deny: destroy, attr.size: «0x20000000000001'), /beyond 2\^53/],
  ['infinity', guard('deny: destroy, attr.size: {lt: «.inf}'), /no number/],
  ['too deep', `${HEAD}guards: ${'['.repeat(32)}«${'['.repeat(8)}${']'.repeat(40)}\n`, /deeper than 32/],
];

const STRUCTURE: readonly Row[] = [
  ['unknown key', `${HEAD}«guard: []\n`, /unknown key `guard`/, /`guards`/],
  ['key of another section', `${HEAD}«tiers: {T0: []}\n`, /unknown key `tiers`/, /under `principals`/],
  ['no level', '«inlane: 1\n', /`level` is missing/],
  ['unknown level', 'inlane: 1\nlevel: «orgg\n', /unknown value `orgg`/, /`org`/],
  ['another version', 'inlane: «2\nlevel: org\n', /unknown value `2`/, /`1`/],
  ['version as text', 'inlane: «"1"\nlevel: org\n', /expected a whole number, found the text `1`/],
  ['extends is text', `${HEAD}extends: «../org.yaml\n`, /expected a list, found/],
  ['lane without who', `${HEAD}lanes: {l: «{may: [{do: read}]}}\n`, /`who` is missing/],
  ['lane key', `${HEAD}lanes: {l: {who: anyone, may: [{do: read}], «enforce: observe}}\n`, /unknown key `enforce`/],
  ['who as another word', `${HEAD}lanes: {l: {who: «anybody, may: [{do: read}]}}\n`, /unknown value `anybody`/, /`anyone`/],
  ['unknown who key', `${HEAD}lanes: {l: {who: {«teams: sre}, may: [{do: read}]}}\n`, /unknown key `teams`/, /`team`/],
  ['empty who', `${HEAD}lanes: {l: {who: «{}, may: [{do: read}]}}\n`, /empty map/],
  ['empty condition', lane('«{}'), /empty map/],
  ['empty list of values', guard('deny: destroy, type: «[]'), /empty list/],
  ['do as a map', lane('{do: «{not: destroy}}'), /expected text or a list, found a map/],
  ['unknown matcher', guard('deny: destroy, type: {«gob: x}'), /unknown key `gob`/, /`glob`/],
  ['exists as text', guard('deny: destroy, tag.x: {exists: «"true"}'), /expected `true` or `false`/],
  ['glob as a number', guard('deny: destroy, type: {glob: «7}'), /expected text/, /"7"/],
  ['enforce word', guard('deny: destroy, enforce: «warn'), /unknown value `warn`/, /observe/],
  ['guard without id', `${HEAD}guards: [«{deny: destroy}]\n`, /`id` is missing/],
  ['count of zero', guard('do: destroy, require: {approval: {from: {team: sre}, count: «0}}'), /`0` is less than 1/],
  ['count as text', guard('do: destroy, require: {approval: {from: {team: sre}, count: «"1"}}'), /expected a whole number/],
  ['fractional quota', `${HEAD}quotas: [{id: q, per_plan: {any: «1.5}}]\n`, /expected a whole number/],
  [
    'grant without an end',
    `${HEAD}grants: [«{id: t, who: anyone, may: {do: read}, from: "2026-11-20T08:00:00Z"}]\n`,
    /`until` is missing/,
  ],
  [
    'instant without a zone',
    `${HEAD}freezes: [{id: f, deny: create, until: «"2026-12-18T00:00:00"}]\n`,
    /is not an instant with its zone/,
  ],
  ['max_grant unit', `${HEAD}limits: {max_grant: «7w}\n`, /`7w` is not a duration/],
  ['max_grant number', `${HEAD}limits: {max_grant: «7}\n`, /expected text, found the number `7`/, /"7"/],
  ['numeric account of a person', `${HEAD}principals: {people: {dana: {github: «1234567}}}\n`, /expected text/, /"1234567"/],
  ['account name of a person', `${HEAD}principals: {people: {dana: {github: «dana}}}\n`, /not a numeric id/],
  ['id with a colon', `${HEAD}principals: {agents: {«"agent:x": {}}}\n`, /is not an id/],
  [
    'two sources in one line',
    `${HEAD}attributes: {e: {values: [a], from: [{workspace: {x: a}, «account: {x: a}}]}}\n`,
    /more than one key/,
  ],
  [
    'unknown source',
    `${HEAD}attributes: {e: {values: [a], from: [{«workspaces: {x: a}}]}}\n`,
    /unknown key `workspaces`/,
    /`workspace`/,
  ],
  ['unknown carrier', `${HEAD}attributes: {e: {values: [a], tag: {«amazon: e}}}\n`, /unknown key `amazon`/],
  ['attribute without values', `${HEAD}attributes: {e: «{tag: e}}\n`, /`values` is missing/],
  ['values word', `${HEAD}attributes: {e: {values: «all}}\n`, /unknown value `all`/, /`any`/],
  ['required on', `${HEAD}attributes: {e: {values: [a], tag: e, required: {on: [«update]}}}\n`, /unknown value `update`/],
  ['attribute name with a dot', `${HEAD}attributes: {«tag.e: {values: [a]}}\n`, /is not a name/],
  ['expect', `${HEAD}tests: [{as: dana, do: read, type: x, expect: «permit}]\n`, /unknown value `permit`/],
  ['partial state', `${HEAD}lanes: {l: {who: anyone, may: [], partial: [«broken]}}\n`, /unknown value `broken`/],
  ['mirror target', `${HEAD}providers: {"corp.example/x/aws": «aws}\n`, /is not a provider source/],
];

const MEANING: readonly Row[] = [
  ['unknown operation', lane('{do: «destory}'), /unknown operation `destory`/, /`destroy`/],
  ['unknown operation in a list', guard('deny: [create, «updat]'), /unknown operation `updat`/, /`update`/],
  ['unknown group member', `${HEAD}operations: {g: [«craete]}\n`, /unknown operation `craete`/, /`create`/],
  ['group named as an operation', `${HEAD}operations: {«destroy: [create]}\n`, /built-in operation/],
  ['unknown class', guard('deny: destroy, class: «databse'), /unknown class `databse`/, /`database`/],
  ['unknown class under not', guard('deny: destroy, class: {not: [queue, «tpoic]}'), /unknown class `tpoic`/, /`topic`/],
  ['unknown attribute', guard('deny: destroy, «enviroment: production'), /unknown key `enviroment`/, /`environment`/],
  [
    'unknown value',
    guard('deny: destroy, environment: «produktion'),
    /unknown value of `environment` `produktion`/,
    /`production`/,
  ],
  ['glob that no value is like', guard('deny: destroy, environment: {glob: «"stag*"}'), /no value of `environment` is like/],
  ['tag as a map', guard('deny: destroy, «tag: {glob: x}'), /unknown key `tag`/, /`tag\.NAME`/],
  ['who spelled flat', guard('deny: destroy, «who.team: sre'), /unknown key `who\.team`/, /`who: /],
  ['tag without a key', guard('deny: destroy, «"tag.": x'), /unknown key `tag\.`/],
  ['account as a number', guard('deny: destroy, account: «111122223333'), /`account` is always text/, /"111122223333"/],
  ['tag as a boolean', guard('deny: destroy, tag.backup: «true'), /`tag\.backup` is always text/, /"true"/],
  ['attribute as a number', guard('deny: destroy, service: [a, «5]'), /`service` is always text/],
  ['null tag', guard('deny: destroy, tag.x: «null'), /never null/, /exists: false/],
  ['replaces as text', guard('deny: destroy, replaces: «"true"'), /`replaces` is true or false/],
  ['compared class', guard('deny: destroy, class: «{gt: 3}'), /has no order/],
  ['number for a tag', guard('deny: destroy, tag.size: {gt: «3}'), /never a number/],
  ['now without comparison', guard('deny: destroy, now: «"2026-01-01T00:00:00Z"'), /is an instant/],
  ['bound that is no instant', guard('deny: destroy, attr.x: {gt: «"soon"}'), /neither a number nor an instant/],
  ['two matchers in one', guard('deny: destroy, type: {glob: "a*", «not: ab}'), /in one matcher/],
  ['same_as of nothing known', guard('deny: destroy, service: {same_as: «who.teem}'), /unknown fact `who\.teem`/, /`who\.team`/],
  ['same_as of itself', guard('deny: destroy, service: {same_as: «service}'), /with itself/],
  ['unknown team', guard('deny: destroy, who: {team: «srr}'), /unknown team `srr`/, /`sre`/],
  ['unknown tier', guard('deny: destroy, who: {tier: «T2}'), /unknown tier `T2`/, /`T1`/],
  ['unknown kind', guard('deny: destroy, who: {kind: «robot}'), /unknown kind `robot`/],
  ['near miss of a path set', lane('{do: update, changes: {only: «tunning}}'), /`tunning` is no set/, /`tuning`/],
  ['broken path', lane('{do: update, changes: {only: «"a..b"}}'), /no attribute path/],
  ['broken attr path', guard('deny: destroy, «"attr.a[0": x'), /no attribute path/],
  ['many any-steps', lane('{do: update, changes: {only: «"**.a.**.b.**.c.**.d.**"}}'), /more than 4/],
  [
    'successor fact',
    guard('deny: destroy, unless: {successor: {same: [«servcie]}}'),
    /`servcie` is no fact that two objects/,
    /`service`/,
  ],
  ['dependents word', guard('deny: destroy, dependents: «any'), /unknown value of `dependents` `any`/],
  ['unless within unless', guard('deny: destroy, unless: {type: x, «unless: {type: y}}'), /`unless` inside `unless`/],
  ['do with deny', guard('deny: destroy, «do: create'), /`do` together with `deny`/],
  ['require with deny', guard('deny: destroy, «require: {approval: {from: {team: sre}}}'), /`require` together with `deny`/],
  ['neither deny nor require', `${DOMAIN}guards:\n  - «{id: g, type: x}\n`, /without `deny` or `require`/],
  [
    'approval of an unknown team',
    guard('do: destroy, require: {approval: {from: {team: «sree}}}'),
    /unknown team `sree`/,
    /`sre`/,
  ],
  ['quota of a group', `${DOMAIN}quotas: [{id: q, per_plan: {«manage: 2}}]\n`, /is a group/],
  ['quota of nothing known', `${DOMAIN}quotas: [{id: q, per_plan: {«destory: 2}}]\n`, /unknown operation `destory`/, /`destroy`/],
  [
    'reversed freeze',
    `${HEAD}freezes: [{id: f, deny: create, from: "2026-12-18T00:00:00Z", until: «"2026-12-17T00:00:00Z"}]\n`,
    /not after/,
  ],
  ['freeze without ends', `${HEAD}freezes: [«{id: f, deny: create}]\n`, /without `from` and `until`/],
  ['30 February', `${HEAD}freezes: [{id: f, deny: create, until: «"2026-02-30T00:00:00Z"}]\n`, /no instant of the calendar/],
  [
    'grant beyond the cap',
    `${HEAD}limits: {max_grant: 2d}\ngrants: [{id: t, who: anyone, may: {do: read}, from: "2026-11-20T08:00:00Z", until: «"2026-11-22T08:00:01Z"}]\n`,
    /longer than `limits\.max_grant` \(2d\)/,
  ],
  [
    'duplicate guard id',
    `${HEAD}guards: [{id: g, deny: create}, {«id: g, deny: destroy}]\n`,
    /guard `g` is defined twice/,
    /inlane\.yaml:3:11/,
  ],
  ['built-in class', `${HEAD}classes: {«database: {types: [a]}}\n`, /class `database` is built in/, /is_a: database/],
  ['is_a of nothing known', `${HEAD}classes: {c: {is_a: «databas, types: [a]}}\n`, /unknown class `databas`/, /`database`/],
  ['is_a without types', `${HEAD}classes: {c: {«is_a: database}}\n`, /`is_a` without `types`/],
  ['refines without when', `${HEAD}classes: {c: {«refines: database}}\n`, /`refines` without `when`/],
  ['refines itself', `${HEAD}classes: {c: {refines: «c, when: {type: x}}}\n`, /stands upon itself/],
  [
    'when on the principal',
    `${HEAD}classes: {c: {refines: database, when: {«who: anyone}}}\n`,
    /nothing that an object is by itself/,
  ],
  [
    'when on the operation',
    `${HEAD}classes: {c: {refines: database, when: {«do: create}}}\n`,
    /nothing that an object is by itself/,
  ],
  ['reserved attribute', `${HEAD}attributes: {«region: {values: [a]}}\n`, /`region` is reserved/],
  ['alias of two values', `${HEAD}attributes: {e: {values: {a: [x], b: [«x]}}}\n`, /`x` spells `a` already/],
  ['required without carrier', `${HEAD}attributes: {e: {values: [a], «required: true}}\n`, /no tag carries it/],
  [
    'required of an unknown class',
    `${HEAD}attributes: {e: {values: [a], tag: e, required: {class: [«databaze]}}}\n`,
    /unknown class `databaze`/,
    /`database`/,
  ],
  [
    'map to an unknown value',
    `${HEAD}attributes: {e: {values: [prod], from: [{workspace: {"*": «prd}}]}}\n`,
    /unknown value of `e`: `prd`/,
    /`prod`/,
  ],
  ['registry without teams', `${HEAD}attributes: {e: {values: {registry: «teams}}}\n`, /no teams are declared/],
  [
    'unknown member of a team',
    `${HEAD}principals: {teams: {sre: [«dnaa]}, people: {dana: {}}}\n`,
    /unknown person `dnaa`/,
    /`dana`/,
  ],
  ['agent in a team list', `${HEAD}principals: {teams: {sre: [«bot]}, agents: {bot: {}}}\n`, /`bot` is an agent/],
  ['unknown owner', `${HEAD}principals: {people: {dana: {}}, agents: {bot: {owner: «dan}}}\n`, /unknown person `dan`/, /`dana`/],
  ['unknown tier of an agent', `${HEAD}principals: {tiers: {T1: []}, agents: {bot: {tier: «T2}}}\n`, /unknown tier `T2`/, /`T1`/],
  [
    'one account for two people',
    `${HEAD}principals: {people: {a: {github: "7"}, b: {github: «"7"}}}\n`,
    /github account `7` is `a` already/,
  ],
  ['person and agent of one id', `${HEAD}principals: {people: {a: {}}, agents: {«a: {}}}\n`, /principal `a` is defined twice/],
  ['org scope', `${HEAD}«scope: {account: "1"}\n`, /an org file has no `scope`/],
  ['lane that grants nothing', `${HEAD}lanes: {«l: {who: anyone}}\n`, /grants nothing/],
  [
    'provider with its registry',
    guard('deny: destroy, provider: «registry.terraform.io/hashicorp/aws'),
    /names the registry/,
    /"hashicorp\/aws"/,
  ],
  ['group in a test', `${DOMAIN}tests: [{as: dana, do: «manage, type: x, expect: deny}]\n`, /is a group/],
  [
    'unknown fact in a test',
    `${DOMAIN}tests: [{as: dana, do: read, type: x, with: {«envronment: dev}, expect: deny}]\n`,
    /unknown fact `envronment`/,
    /`environment`/,
  ],
  [
    'unknown value in a test',
    `${DOMAIN}tests: [{as: dana, do: read, type: x, with: {environment: «prd}, expect: deny}]\n`,
    /unknown value of `environment` `prd`/,
  ],
  [
    'path pattern in a test',
    `${DOMAIN}tests: [{as: dana, do: update, type: x, with: {changes: [«"tags.**"]}, expect: deny}]\n`,
    /stands for many paths/,
  ],
  ['principal in a test', `${DOMAIN}tests: [{as: «"agent:", do: read, type: x, expect: deny}]\n`, /names nobody/],
  ['extended file that is not there', `${HEAD}extends: [«other.yaml]\n`, /no such file `other\.yaml`/],
  ['extended address', `${HEAD}extends: [«"https://example.com/org.yaml"]\n`, /not a path relative/],
  ['topmost below org', 'inlane: 1\nlevel: «project\n', /topmost lane file must be of level org/],
];

describe.each<[string, readonly Row[]]>([
  ['YAML', YAML],
  ['structure', STRUCTURE],
  ['meaning', MEANING],
])('%s', (_, rows) => {
  test.each(rows.map((row) => [row[0], row] as const))('%s', async (_name, [, marked, message, hint]) => {
    const before = marked.split('«');
    expect(before).toHaveLength(2);
    const lines = (before[0] as string).split('\n');
    const error = await failure(loadText(before.join('')));
    expect(error.code).toBe('lanes-invalid');
    const found = error.problems.map((p) => [`${p.at?.line}:${p.at?.column}`, p.message]);
    expect(found).toEqual([[`${lines.length}:${(lines.at(-1) as string).length + 1}`, expect.stringMatching(message)]]);
    expect(error.problems[0]?.at?.file).toBe('inlane.yaml');
    if (hint) expect(error.problems[0]?.hint).toMatch(hint);
    for (const text of [error.message, ...error.problems.map((p) => p.message)]) expect(text).not.toMatch(/\n/);
  });
});

test('the table is as long as it should be', () => {
  expect(YAML.length + STRUCTURE.length + MEANING.length).toBeGreaterThanOrEqual(130);
});

test('all problems of a file at once, in the order of the file', async () => {
  const marked = `${DOMAIN}guards:
  - {id: a, deny: [«destory], class: «databse}
  - {id: b, deny: destroy, «enviroment: production, tag.x: «5}
lanes:
  l: {who: {team: «nobody}, may: [{do: read, «colour: blue}], «colour: red}
`;
  const places: string[] = [];
  for (const [index, line] of marked.split('\n').entries()) {
    const parts = line.split('«').slice(0, -1);
    let column = 1;
    for (const part of parts) {
      column += part.length;
      places.push(`${index + 1}:${column}`);
    }
  }
  expect(places).toHaveLength(7);
  const error = await failure(loadText(marked.replaceAll('«', '')));
  expect(error.problems.map((p) => `${p.at?.line}:${p.at?.column}`)).toEqual(places);
  expect(error.message).toMatch(/^inlane\.yaml:\d+:20: unknown operation `destory` \(and 6 more\)$/);
});

test('not UTF-8, and too large', async () => {
  const latin = await failure(loadText(new Uint8Array([0x61, 0x3a, 0xe4])));
  expect(latin.problems[0]?.message).toMatch(/not UTF-8/);
  const large = await failure(loadText(`inlane: 1\nlevel: org\n#${'x'.repeat(1 << 20)}`));
  expect(large.problems[0]?.message).toMatch(/larger than 1 MiB/);
});

test('depth that would exhaust the stack of a recursive parser is refused', async () => {
  for (const opener of ['[', '{a: ', '- ', '? ']) {
    const error = await failure(loadText(opener.repeat(50_000)));
    expect(error.problems[0]?.message).toMatch(/nested deeper/);
  }
});
