import { describe, expect, it } from 'vitest';
import { runExamples } from '../../src/prove/examples.ts';
import { lintTests } from '../../src/prove/lint-tests.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';

const TYPES_HERE = knowing(Object.keys(TYPES) as TypeName[]);
const RULES = `
lanes:
  people: {who: {kind: human}, may: [{do: [create, update, destroy], class: database}, {do: read, class: identity}]}
  bots: {who: {kind: agent}, may: [{do: update, class: database}]}
guards:
  - {id: no-drop, deny: destroy, class: database, unless: {successor: {same: [name]}}}
  - {id: four-eyes, require: {approval: {from: {team: sre}}}, do: update, tag.data: secret}
  - {id: watched, deny: create, class: database, enforce: observe}
freezes: [{id: year-end, deny: create, from: "2026-12-18T00:00:00Z", until: "2027-01-04T00:00:00Z"}]
grants: [{id: once, who: {id: dana}, may: {do: forget, class: database}, from: "2026-11-20T00:00:00Z", until: "2026-11-21T00:00:00Z", reason: x}]
principals: {teams: {sre: [sam]}, people: {dana: {}, sam: {}}, agents: {bot: {owner: dana}}}
`;

async function run(tests: readonly string[], now: number | null = null) {
  const ruleset = await loadText(`inlane: 1\nlevel: org\n${RULES}tests: [${tests.join(', ')}]`);
  return { ruleset, ...runExamples(ruleset, TYPES_HERE, now) };
}

const DANA = (operation: string, expected: string, facts = '') =>
  `{as: dana, do: ${operation}, type: aws_db_instance, with: {${facts}}, expect: ${expected}}`;

describe('in-file tests', () => {
  it.each<[string, string, number | null, string]>([
    ['allowed', DANA('update', 'allow'), null, 'allow'],
    ['an approval', DANA('update', 'needs-approval', 'tag.data: secret'), null, 'needs-approval'],
    ['a survivor', DANA('destroy', 'allow', 'successor: {same: [name]}'), null, 'allow'],
    ['no survivor', DANA('destroy', 'deny', 'successor: absent'), null, 'deny'],
    ['a survivor nobody knows of', DANA('destroy', 'deny'), null, 'deny'],
    ['at a time that is not told, a freeze denies', DANA('create', 'deny'), null, 'deny'],
    ['at a time outside of the freeze', DANA('create', 'allow', 'now: "2026-06-01T00:00:00Z"'), null, 'allow'],
    ['at the first instant of the freeze', DANA('create', 'deny', 'now: "2026-12-18T00:00:00Z"'), null, 'deny'],
    ['at the end of the freeze', DANA('create', 'allow', 'now: "2027-01-04T00:00:00Z"'), null, 'allow'],
    ['the time of the run', DANA('create', 'allow'), Date.UTC(2026, 5), 'allow'],
    ['its own time before that of the run', DANA('create', 'deny', 'now: "2026-12-20T00:00:00Z"'), Date.UTC(2026, 5), 'deny'],
    ['a grant while it lives', DANA('forget', 'allow', 'now: "2026-11-20T00:00:00Z"'), null, 'allow'],
    ['a grant that has ended', DANA('forget', 'deny', 'now: "2026-11-21T00:00:00Z"'), null, 'deny'],
    [
      'for a person: the stricter result stands',
      '{as: "agent:bot", for: dana, do: update, type: aws_db_instance, expect: allow}',
      null,
      'allow',
    ],
    ['for nobody known', '{as: "agent:bot", for: zoe, do: update, type: aws_db_instance, expect: deny}', null, 'deny'],
  ])('%s', async (_, test, now, expected) => {
    const [result] = (await run([test], now)).results;
    expect(result?.decision.verdict).toBe(expected);
    expect(result?.passed).toBe(true);
  });

  it('a failure says what came out', async () => {
    const [result] = (await run([DANA('update', 'deny')])).results;
    expect([result?.passed, result?.decision.verdict]).toEqual([false, 'allow']);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['nothing', [], ['people', 'people', 'bots', 'once', 'no-drop', 'watched', 'year-end', 'four-eyes']],
    ['a grant that held', [DANA('update', 'allow')], ['people', 'bots', 'once', 'no-drop', 'watched', 'year-end', 'four-eyes']],
    [
      'a guard that is unknown, though it did not decide alone',
      [DANA('destroy', 'deny')],
      ['people', 'bots', 'once', 'watched', 'year-end', 'four-eyes'],
    ],
    [
      'no grant that only may hold, at a time that is not told',
      [DANA('forget', 'deny')],
      ['people', 'people', 'bots', 'once', 'no-drop', 'watched', 'year-end', 'four-eyes'],
    ],
    [
      'an obligation, and a guard that only watches',
      [DANA('update', 'needs-approval', 'tag.data: secret'), DANA('create', 'allow', 'now: "2026-06-01T00:00:00Z"')],
      ['people', 'bots', 'once', 'no-drop', 'year-end'],
    ],
    [
      'rules about whom somebody acts for',
      ['{as: "agent:bot", for: dana, do: update, type: aws_db_instance, expect: allow}'],
      ['people', 'once', 'no-drop', 'watched', 'year-end', 'four-eyes'],
    ],
  ])('coverage: %s', async (_, tests, untouched) => {
    const { coverage, ruleset } = await run(tests);
    const ids = coverage.untouched.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...untouched].sort());
    const rules = ruleset.grants.length + ruleset.denies.length + ruleset.obligations.length;
    expect(coverage.touched).toBe(rules - untouched.length);
  });
});

describe('lint of in-file tests', () => {
  const codes = async (tests: readonly string[]) => {
    const { ruleset, coverage } = await run(tests);
    return lintTests(ruleset, TYPES_HERE, coverage).flatMap(({ code, id }) => (code === 'untested' ? [] : [`${code} ${id}`]));
  };
  const entry = (as: string, type = 'aws_db_instance', rest = '') =>
    `{as: ${as}, do: update, type: ${type}, ${rest}expect: deny}`;

  it.each<[string, string, readonly string[]]>([
    ['somebody registered', entry('dana'), []],
    ['a registered agent', entry('"agent:bot"'), []],
    ['nobody', entry('anonymous'), []],
    ['somebody else', entry('zoe'), ['test-principal zoe']],
    ['another agent', entry('"agent:other"'), ['test-principal agent:other']],
    ['an agent by a bare name', entry('bot'), ['test-principal bot']],
    ['acting for somebody else', entry('"agent:bot"', 'aws_db_instance', 'for: zoe, '), ['test-principal zoe']],
    ['a type of no catalog', entry('dana', 'acme_thing'), ['test-type acme_thing']],
    ['a type of no catalog whose class is told', entry('dana', 'acme_thing', 'with: {class: database}, '), []],
    ['a data source that is no managed type', entry('dana', 'external'), ['test-type external']],
  ])('%s', async (_, test, expected) => {
    expect(await codes([test])).toEqual(expected);
  });

  it('every rule that no test touches is told where it stands', async () => {
    const { ruleset, coverage } = await run([DANA('update', 'allow')]);
    const untested = lintTests(ruleset, TYPES_HERE, coverage).filter(({ code }) => code === 'untested');
    expect(untested.map(({ id }) => id)).toEqual(coverage.untouched.map(({ id }) => id));
    for (const { at, severity } of untested) expect([at.line > 0, severity]).toEqual([true, 'warning']);
  });

  it('and as what it is', async () => {
    const { ruleset, coverage } = await run([]);
    const untested = lintTests(ruleset, TYPES_HERE, coverage).filter(({ code }) => code === 'untested');
    expect(new Set(untested.map(({ message }) => message))).toEqual(
      new Set([
        'no test touches this grant of lane `people`',
        'no test touches this grant of lane `bots`',
        'no test touches grant `once`',
        'no test touches guard `no-drop`',
        'no test touches guard `watched`',
        'no test touches guard `four-eyes`',
        'no test touches freeze `year-end`',
      ]),
    );
  });

  it('a type of no catalog that a class of the user holds is no stranger', async () => {
    const rules = (types: string) =>
      loadText(
        `inlane: 1\nlevel: org\nclasses: {graph: {types: [${types}]}, other: {types: [acme_other]}}\nlanes: {l: {who: anyone, may: [{do: read}]}}\ntests: [${entry('anonymous', 'acme_thing')}]`,
      );
    const told = async (types: string) => {
      const ruleset = await rules(types);
      const { coverage } = runExamples(ruleset, TYPES_HERE, null);
      return lintTests(ruleset, TYPES_HERE, coverage).flatMap(({ code, id }) => (code === 'test-type' ? [id] : []));
    };
    expect(await told('acme_none, "acme_t*"')).toEqual([]);
    expect(await told('acme_none')).toEqual(['acme_thing']);
  });

  it('without a registry nobody is a stranger', async () => {
    const ruleset = await loadText(
      `inlane: 1\nlevel: org\nlanes: {l: {who: anyone, may: [{do: read}]}}\ntests: [${entry('zoe')}]`,
    );
    const { coverage } = runExamples(ruleset, TYPES_HERE, null);
    expect(lintTests(ruleset, TYPES_HERE, coverage).map(({ code }) => code)).toEqual(['untested']);
  });
});
