import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gate } from '../src/gate.ts';
import { diagnosticsText } from '../src/report/formats/diagnostics.ts';
import { text } from '../src/report/formats/text.ts';
import { FORMATS, loadFormat, wholeText } from '../src/report/formats.ts';
import { spellRow } from '../src/report/place.ts';
import type { Report } from '../src/report/report.ts';
import { reportOfRow } from '../src/report/row.ts';
import { run } from './cli/io.ts';
import { htmlProblems, junitProblems, rendered, sarifRun, tagsOf, textsOf } from './report/formats/valid.ts';

/** What a person cannot see, or what moves what a person sees. A newline is ours alone. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Stands for any harmless text; no word of ours has this letter. */
const HARMLESS = 'ж';

const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['a verdict on a line of its own', 'x\nALLOW  plan.json: all 9 changes in lane\n'],
  ['a GitHub command', '\n::error file=a.tf,line=1::owned'],
  ['a GitHub command after blanks', ' \r\n   ::stop-commands::x'],
  ['a GitHub command in percent code', '%0A::warning::x%0D'],
  ['a log group', '##[error]x ##[endgroup]'],
  ['an Azure command', '##vso[task.setvariable variable=x]y'],
  ['a TeamCity command', "##teamcity[buildStatus status='SUCCESS']"],
  ['colours and cursor', '\u001b[2K\u001b[1A\u001b[32mALLOW\u001b[0m'],
  ['a terminal title', '\u001b]0;owned\u0007'],
  ['C1 controls', '\u009b31m\u0090x\u009c\u0085y'],
  ['bidi overrides', '\u202eWOLLA\u202c \u2066x\u2069 \u200f'],
  ['zero width', 'a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg'],
  ['line separators', 'x\u2028DENY  y\u2029z\u000b\u000c'],
  ['lone surrogates', 'a\ud800b\udc00c'],
  ['tags and variation selectors', 'a\u{e0041}\u{e007f}b\ufe0f\u{e0100}'],
  ['back spaces and null', 'deny\b\b\b\ballow\u0000\u007f'],
  ['odd blanks', 'a\u00a0b\u3000c\u2003d\te'],
  ['newer format characters', '\u0890\u0891\u08e2\u{110cd}\u{1d173}'],
  ['markup', '</details><script>alert(1)</script> ![x](javascript:x) `` ` `` |||'],
  ['YAML', '"}\n- {id: x, may: [{do: destroy}]}\n#'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what HCL looks like
  ['HCL', '"\n}\nresource "x" "y" {}\n${file("/etc/passwd")} %{if true}'],
  ['paths', '../../../etc/passwd\u0000.json'],
  ['10 kB', `${'A'.repeat(10_000)}\n::error::x`],
  ['names of Object.prototype', '__proto__'],
];

type Raw = Record<string, unknown>;

/** One plan and one lane file with `h` wherever a stranger can write. Unique names stay unique by their number. */
function world(h: string): {
  plan: string;
  lanes: string;
  options: { workspace: string; repository: string; ref: string; event: string };
} {
  const provider = 'registry.terraform.io/hashicorp/aws';
  const row = (address: string, type: string, change: Raw, more: Raw = {}): Raw => ({
    address,
    mode: 'managed',
    type,
    name: `n${h}`,
    provider_name: provider,
    ...more,
    change: { before: null, after: null, after_unknown: {}, before_sensitive: {}, after_sensitive: {}, ...change },
  });
  // Dots, quotes and brackets would make another address of it, with another type.
  const undivided = h.replace(/[."[\]]/g, '-');
  const tags = { environment: 'production', team: h, [`k${h}`]: h, Name: h };
  const plan = {
    format_version: '1.2',
    terraform_version: `1.9.0${h}`,
    planned_values: {},
    variables: { [`v${h}`]: { value: h }, place: { value: h } },
    resource_drift: [row(`aws_sqs_queue.d${h}`, 'aws_sqs_queue', { actions: ['update'], before: { tags }, after: { tags } })],
    resource_changes: [
      row(
        `aws_db_instance.a["${h}"]`,
        'aws_db_instance',
        { actions: ['create'], after: { identifier: h, engine: h, tags } },
        { index: h },
      ),
      row(
        `module.m["${h}"].aws_db_instance.b`,
        'aws_db_instance',
        { actions: ['delete'], before: { identifier: h, engine: h, tags } },
        { module_address: `module.m["${h}"]` },
      ),
      row(
        `aws_db_instance.c${h}`,
        'aws_db_instance',
        {
          actions: ['update'],
          before: { engine: `${h}o`, tags, [`${h}p`]: 1 },
          after: { engine: h, tags, [`${h}p`]: 2 },
          replace_paths: [[`${h}p`]],
        },
        { previous_address: `aws_db_instance.before${undivided}`, action_reason: h },
      ),
      row(`t${h}.d`, `t${h}`, { actions: ['create'], after: { tags } }, { provider_name: `example.org/a/${h}` }),
      row(`aws_sqs_queue.e${h}`, 'aws_sqs_queue', { actions: [`act${h}`], after: { tags } }),
      row(`aws_sqs_queue.f${h}`, 'aws_sqs_queue', { actions: ['delete'], before: { tags } }, { deposed: `d${h}` }),
      row(`aws_sqs_queue.g${h}`, 'aws_sqs_queue', { actions: ['create'], after: { tags } }, { mode: `m${h}` }),
      row(`aws_sqs_queue.i${h}`, 'aws_sqs_queue', {
        actions: ['create'],
        after: { engine: 'x' },
        after_unknown: { tags: { team: true, [`u${h}`]: true } },
      }),
      row(`aws_sqs_queue.j${h}`, 'aws_sqs_queue', {
        actions: ['no-op'],
        before: { tags },
        after: { tags },
        importing: { id: h },
      }),
      row(`data.aws_x.k${h}`, `aws_x${h}`, { actions: ['read'], after: {} }, { mode: 'data' }),
    ],
    deferred_changes: [
      { reason: `r${h}`, resource_change: row(`aws_sqs_queue.l${h}`, 'aws_sqs_queue', { actions: ['create'], after: {} }) },
    ],
    action_invocations: [
      {
        address: `action.a${h}.b`,
        type: `a${h}`,
        name: `b${h}`,
        provider_name: provider,
        config_values: { x: h },
        config_unknown: {},
        lifecycle_action_trigger: { triggering_resource_address: h, action_trigger_event: h },
      },
    ],
    output_changes: { [`o${h}`]: { actions: ['create', `act${h}`], before: null, after: h } },
    checks: [{ address: { to_display: `check.c${h}` }, status: 'fail' }],
    prior_state: {
      values: {
        root_module: {
          resources: [
            {
              address: `aws_db_instance.u${h}`,
              mode: 'managed',
              type: 'aws_db_instance',
              name: `u${h}`,
              provider_name: provider,
              values: { identifier: h, engine: h, tags },
              sensitive_values: {},
              depends_on: [h],
            },
          ],
        },
      },
    },
    configuration: {
      provider_config: {
        external: { name: 'external', full_name: 'registry.terraform.io/hashicorp/external' },
        aws: {
          name: 'aws',
          full_name: provider,
          expressions: { region: { constant_value: h }, default_tags: [{ tags: { constant_value: { [`d${h}`]: h } } }] },
        },
      },
      root_module: {
        variables: { [`v${h}`]: {}, place: {} },
        resources: [
          {
            address: `aws_db_instance.c${h}`,
            mode: 'managed',
            type: 'aws_db_instance',
            name: `n${h}`,
            provider_config_key: 'aws',
            expressions: {},
            provisioners: [{ type: `p${h}` }],
          },
          {
            address: `data.external.x${h}`,
            mode: 'data',
            type: 'external',
            name: `x${h}`,
            provider_config_key: 'external',
            expressions: {},
          },
        ],
      },
    },
  };
  const lanes = {
    inlane: 1,
    level: 'org',
    attributes: {
      environment: {
        values: ['production', 'development'],
        from: [{ tag: 'environment' }, { variable: { place: { 'nowhere-*': 'production' } } }],
        tag: 'environment',
        required: true,
      },
      team: { values: 'any', from: [{ tag: 'team' }, { name: { 'n*': 'orders' } }], tag: 'team', required: true },
      service: { values: 'any', from: [{ tag: `k${h}` }], tag: `k${h}` },
    },
    lanes: {
      first: {
        who: 'anyone',
        summary: h,
        may: [
          { do: ['create', 'update'], 'attr.engine': `other${h}`, class: 'database' },
          { do: 'create', class: 'queue', environment: 'production', [`tag.k${h}`]: h, workspace: h },
          { do: ['destroy', 'update'], team: h, 'attr.engine': { not: h }, repository: h },
        ],
      },
    },
    guards: [
      { id: 'g1', deny: ['destroy'], class: 'database', why: h, ask: h },
      { id: 'g2', deny: ['create'], class: 'queue', [`tag.u${h}`]: h, why: h, ask: h },
      { id: 'g3', require: { approval: { from: { team: 'sre' }, count: 1 } }, do: ['create'], class: 'queue', why: h, ask: h },
    ],
    quotas: [{ id: 'q1', per_plan: { create: 0 }, why: h, ask: h }],
    principals: { teams: { sre: ['sam'] }, people: { sam: { github: '1' } } },
  };
  return {
    plan: JSON.stringify(plan),
    lanes: laneFile(lanes),
    options: { workspace: h, repository: h, ref: h, event: h },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'inlane-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function write(name: string, content: string): string {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  writeFileSync(path, content);
  return path;
}

/** The lane file's name must be the same in both worlds. */
async function gated(h: string): Promise<Report> {
  const { plan, lanes, options } = world(h);
  writeFileSync(join(folder, 'inlane.yaml'), lanes);
  const { reports } = await gate({
    plans: ['-'],
    stdin: () => Buffer.from(plan),
    lanes: ['inlane.yaml'],
    cwd: folder,
    env: {},
    as: 'sam',
    now: '2026-11-20T12:00:00Z',
    ...options,
  });
  return reports[0] as Report;
}

/** JSON is YAML, but for a byte order mark in its texts, which is refused where it is not escaped. */
function laneFile(rules: object): string {
  return JSON.stringify(rules, null, 1).replaceAll('\ufeff', '\\ufeff');
}

/** Every output of one report, unwrapped, so that lines are those of the author and not of the width. */
function outputs(report: Report): string[] {
  const options = { colour: false, width: Number.POSITIVE_INFINITY, quiet: false, diagnostics: true } as const;
  return [
    text(report, { ...options, changedOnly: null, view: 'plan' }),
    text(report, { ...options, changedOnly: false, view: 'plan' }),
    text(report, { ...options, changedOnly: null, quiet: true, view: 'plan' }),
    diagnosticsText([report], ['error', 'warning', 'note']),
    ...report.changes.map((change) =>
      text(reportOfRow(report, spellRow(change)), { ...options, changedOnly: null, view: 'row' }),
    ),
  ];
}

/** Where the lines of two outputs part, up to the first piece of foreign text in each; null = nowhere. */
function forged(harmless: string, hostile: string): string | null {
  // The name that a remedy proposes for a class is made of the type's letters.
  const proposed = /^( {10})[a-z0-9-]+(?:: \{types: .*|\.{3} \(\d+ more characters\).*)$/;
  const lines = (output: string) => output.split('\n').map((line) => line.replace(proposed, '$1CLASS'));
  const [ours, theirs] = [lines(harmless), lines(hostile)];
  for (const [i, line] of ours.entries()) {
    const foreign = line.indexOf(HARMLESS);
    const start = foreign < 0 ? line : line.slice(0, foreign);
    const other = theirs[i];
    if (other === undefined || (foreign < 0 ? other !== start : !other.startsWith(start)))
      return `line ${i + 1}: ${JSON.stringify(line.slice(0, 200))} became ${JSON.stringify(other?.slice(0, 200))}`;
  }
  return theirs.length === ours.length ? null : `${ours.length} lines became ${theirs.length}`;
}

/** What no output may hold, whatever was read. */
function unsafe(output: string): string[] {
  const found: string[] = [];
  const control = UNSEEN.exec(output.replaceAll('\n', ''));
  if (control) found.push(`U+${control[0].codePointAt(0)?.toString(16)}`);
  for (const line of output.split('\n')) {
    if (/^\s*::/.test(line)) found.push(`a command: ${line.slice(0, 80)}`);
    if (/##(\[|vso\[|teamcity\[)/.test(line)) found.push(`a log command: ${line.slice(0, 80)}`);
  }
  return found;
}

const harmless = await gated(HARMLESS);

/** The formats that are read by machines or by a renderer, of the report and of one row; a comment of any length. */
async function others(report: Report): Promise<ReadonlyMap<string, readonly string[]>> {
  const options = { colour: false, width: 100, quiet: false, diagnostics: true, changedOnly: null } as const;
  const limit = Number.POSITIVE_INFINITY;
  const row = reportOfRow(report, spellRow(report.changes[0] as Report['changes'][number]));
  const all = new Map<string, readonly string[]>();
  for (const name of ['markdown', 'sarif', 'junit', 'github', 'gitlab', 'html']) {
    const format = await loadFormat(name, FORMATS);
    const print = (...given: Parameters<typeof format>) => wholeText(format(...given));
    all.set(name, [print(report, { ...options, limit, view: 'plan' }), print(row, { ...options, limit, view: 'row' })]);
  }
  return all;
}

/** What stands around the text: tags with their attributes, keys of objects, commands. Names of plain letters are set in code, others not. */
const FRAMES: Readonly<Record<string, (output: string) => readonly string[]>> = {
  markdown: (output) => framed(tagsOf(rendered(output).replace(/<\/?code>(?!<\/pre>)/g, ''))),
  junit: (output) => framed(tagsOf(output)),
  html: (output) => framed(tagsOf(output.replace(/<(style|script)>[\s\S]*?<\/\1>/g, ''))),
  github: (output) => output.split('\n').map((line) => line.replace(/^(::[a-z]+ )(.*?)::.*$/, '$1')),
  sarif: keysOf,
  gitlab: keysOf,
};

function keysOf(output: string): readonly string[] {
  return JSON.stringify(JSON.parse(output), (_, value) => (typeof value === 'string' ? '' : value)).split(/(?<=[{,])/);
}

/** Quoted values are text. */
function framed(tags: readonly string[]): readonly string[] {
  return tags.map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

const framesOfHarmless = new Map(
  [...(await others(harmless))].map(([name, outputs]) => [name, outputs.map((output) => FRAMES[name]?.(output))]),
);
const junitReports = new Map<string, string>();

/** Lines that are not continuations begin with words of ours; only the first one may say that all is well. */
const OPENING =
  /^((UNDECIDED|DENY|NEEDS-APPROVAL)( {2}|$)|((import|forget|destroy|create|update|read|invoke|move|reclassify)( |$))|no-op |row |findings|approvals|quotas|\d+ (of|changes?|rows?|x|output|drifted|do) ?|$)/;

describe('hostile text', () => {
  it('reaches the output: what follows is no silence', () => {
    const all = outputs(harmless);
    expect(harmless.changes).toHaveLength(12);
    expect(harmless.verdict).toBe('deny');
    const lines = all.flatMap((output) => output.split('\n'));
    expect(lines.filter((line) => line.includes(HARMLESS)).length).toBeGreaterThan(150);
    // Each kind of place is shown somewhere, or it would not be tried.
    const shown = all.join('\n');
    const places = [
      `a["${HARMLESS}"]`,
      `module.m["${HARMLESS}"]`,
      `aws_db_instance.before${HARMLESS}`,
      `t${HARMLESS}`,
      `act${HARMLESS}`,
      `d${HARMLESS}`,
      `o${HARMLESS}`,
      `check.c${HARMLESS}`,
      `action.a${HARMLESS}`,
      `data.external.x${HARMLESS}`,
      `tag.k${HARMLESS}`,
    ];
    expect(places.filter((place) => !shown.includes(place))).toEqual([]);
  });

  it.each(HOSTILE)('%s forges no line', async (_, h) => {
    const report = await gated(h);
    expect(report.changes.map(({ verdict, operations }) => ({ verdict, operations }))).toEqual(
      harmless.changes.map(({ verdict, operations }) => ({ verdict, operations })),
    );
    const [ours, theirs] = [outputs(harmless), outputs(report)];
    expect(theirs).toHaveLength(ours.length);
    for (const [i, output] of theirs.entries()) {
      expect(unsafe(output)).toEqual([]);
      expect(forged(ours[i] as string, output)).toBeNull();
    }
  });

  it.each(HOSTILE)('%s makes no mark-up, no command and no key of its own in any other format', async (_, h) => {
    const ours = framesOfHarmless;
    const theirs = await others(await gated(h));
    expect([...theirs.keys()].sort()).toEqual(Object.keys(FRAMES).sort());
    for (const [name, outputs] of theirs) {
      for (const [index, output] of outputs.entries()) {
        const frame = FRAMES[name] as (output: string) => readonly string[];
        expect(frame(output), `${name} ${index}`).toEqual(ours.get(name)?.[index]);
        const control = UNSEEN.exec(output.replaceAll('\n', ''));
        expect(control && `U+${control[0].codePointAt(0)?.toString(16)}`, name).toBeNull();
        if (name !== 'github') expect(unsafe(output), name).toEqual([]);
        expect(output).not.toMatch(/##(\[|vso\[|teamcity\[)/);
      }
    }
    const shown = textsOf(rendered(theirs.get('markdown')?.[0] as string)).join(' ');
    // What GitHub makes of the finished text: mentions, references, links.
    expect(shown).not.toMatch(/(^|[^\w\u200b])[@#]\w|https?:\/\/|www\.\w/);
    for (const output of theirs.get('sarif') ?? []) sarifRun(output);
    expect(await htmlProblems(theirs.get('html')?.[0] as string)).toEqual([]);
    for (const [index, output] of (theirs.get('junit') ?? []).entries())
      junitReports.set(`${junitReports.size}-${index}`, output);
  });

  it('no JUnit report of it is invalid', async () => {
    expect(junitReports.size).toBe(2 * HOSTILE.length);
    expect(await junitProblems(junitReports)).toEqual([]);
  });

  it.each(HOSTILE)('%s comes through the programme on both streams, text and json', async (_, h) => {
    const { plan, lanes, options } = world(h);
    const files = [write('plan.json', plan), '--lanes', write('inlane.yaml', lanes), '--now', '2026-11-20T12:00:00Z'];
    const told = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    for (const argv of [
      ['gate', ...files, ...told, '--as=sam'],
      ['gate', ...files, `--as=agent:x${h}`],
      ['gate', ...files, `--as=${h}`, `--for=${h}`],
      ['gate', ...files, '--as=sam', `--account=aws=${h}`, `--now=${h}`],
      ['explain', `aws_db_instance.c${h}`, ...files, '--as=sam'],
      ['explain', `no.such${h}`, ...files, '--as=sam'],
      ['gate', `no-such-file${h}`, ...files.slice(1)],
      ['gate', files[0] as string, `--lanes=no-such-file${h}`],
      ['gate', files[0] as string, `--stack=no-such-folder${h}`, '--trust-worktree'],
      ['gate', files[0] as string, `--rules-from=no-such-ref${h}`],
      [`gate${h}`],
      ['gate', `--format=no-such-format${h}`],
      ['gate', `--no-such-option${h}`],
      ['gate', write('broken.json', `{"format_version":"1${h}`), ...files.slice(1)],
      ['gate', write('wrong.json', JSON.stringify({ [h]: { resource_changes: [] } })), ...files.slice(1)],
      [
        'gate',
        files[0] as string,
        '--lanes',
        write(
          'broken.yaml',
          laneFile({
            inlane: 1,
            level: h,
            [h]: h,
            lanes: { [h]: { who: h, may: [{ do: h, [h]: h }] } },
            guards: [{ id: h }, { id: h }],
          }),
        ),
      ],
    ]) {
      for (const format of ['text', 'json']) {
        const { stdout, stderr } = await run([...argv, `--format=${format}`], { cwd: folder, gate, env: {} });
        expect(unsafe(stdout), argv.join(' ').slice(0, 200)).toEqual([]);
        expect(unsafe(stderr), argv.join(' ').slice(0, 200)).toEqual([]);
        for (const line of stderr.split('\n')) expect(line).toMatch(/^(error|warning|note)\[[a-z-]+\]|^debug:|^ {4}at |^$/);
        if (format === 'json') expect(JSON.parse(stdout)).toHaveProperty('format');
        else for (const line of stdout.split('\n')) if (!line.startsWith(' ')) expect(line).toMatch(OPENING);
      }
    }
  });

  it('hostile names of files are shown escaped', async () => {
    const { plan, lanes } = world(HARMLESS);
    for (const [, h] of HOSTILE) {
      const name = `plan${h
        .replaceAll('\u0000', '')
        .replace(/[/\p{Cs}]/gu, '')
        .slice(0, 60)}.json`;
      const path = join(folder, name);
      writeFileSync(path, plan);
      const { stdout, stderr } = await run(['gate', path, '--lanes', write('inlane.yaml', lanes), '--as=sam'], {
        cwd: folder,
        gate,
      });
      expect(unsafe(stdout)).toEqual([]);
      expect(unsafe(stderr)).toEqual([]);
      expect(stdout).toMatch(/^DENY {2}/);
    }
  });
});

/** Lane files with `h` wherever their authors write freely: most is wrong on purpose, so that it is told. */
function rules(h: string): { readonly old: string; readonly new: string; readonly broken: string } {
  const base = {
    inlane: 1,
    level: 'org',
    attributes: {
      environment: {
        values: { production: [`alias${h}`], [`value${h}`]: [], development: [] },
        from: [{ workspace: { [`*-${h.slice(0, 100)}`]: 'production' } }, { tag: `k${h}` }],
        tag: `k${h}`,
      },
      service: { values: 'any', from: [{ tag: h }] },
    },
    paths: { tuning: ['size'] },
    principals: {
      teams: { [`t${h}`]: ['dana', 'sam'], sre: ['sam'] },
      people: { dana: {}, sam: {} },
      agents: { bot: { purpose: h } },
    },
  };
  const lanes = (kinds: readonly string[]) => ({
    [`lane${h}`]: {
      who: { team: `t${h}` },
      summary: h,
      ask: h,
      may: [
        {
          do: ['create', 'update'],
          class: kinds,
          environment: `value${h}`,
          [`tag.x${h}`]: h,
          workspace: { glob: `${h.slice(0, 100)}*` },
        },
        { do: 'destroy', class: 'database', 'attr.id': h, successor: 'present' },
        { do: 'update', class: 'database', address: `aws_db_instance.a${h}`, changes: { only: 'tuning' } },
      ],
    },
  });
  const rest = {
    guards: [
      {
        id: `review${h}`,
        do: 'update',
        class: 'database',
        require: { approval: { from: { team: 'sre' }, count: 2 } },
        why: h,
        ask: h,
      },
      { id: `never${h}`, deny: 'destroy', class: 'network', workspace: h, unless: { workspace: h }, why: h, ask: h },
    ],
    freezes: [{ id: `freeze${h}`, deny: 'move', class: 'database', until: '2026-01-01T00:00:00Z', why: h }],
    grants: [
      {
        id: `grant${h}`,
        who: { id: h.replace(/[\s:]/gu, '').slice(0, 50) },
        may: { do: 'destroy', class: 'queue', [`tag.y${h}`]: h },
        from: '2026-01-01T00:00:00Z',
        until: '2026-01-02T00:00:00Z',
        reason: h,
      },
    ],
    quotas: [{ id: `quota${h}`, per_plan: { any: 1 }, why: h }],
    ceilings: [{ id: `ceiling${h}`, may: [{ do: ['create', 'update', 'destroy'] }], why: h }],
    never: [{ id: `proof${h}`, do: 'create', class: 'database', [`tag.x${h}`]: h, why: h, ask: h }],
    tests: [
      {
        as: 'dana',
        do: 'create',
        type: 'aws_db_instance',
        summary: h,
        with: { [`tag.z${h}`]: h, workspace: h },
        expect: 'allow',
      },
      { as: 'dana', do: 'read', type: `t${h}`, with: { 'attr.note': h, region: h }, expect: 'allow' },
      {
        as: 'dana',
        do: 'create',
        type: 'aws_db_instance',
        with: { environment: `value${h}`, [`tag.x${h}`]: h, workspace: h },
        expect: 'deny',
      },
    ],
  };
  return {
    old: laneFile({ ...base, ...rest, lanes: lanes(['database']) }),
    new: laneFile({ ...base, ...rest, guards: [], lanes: lanes(['database', 'queue']) }),
    broken: laneFile({
      inlane: 1,
      level: 'org',
      [h]: h,
      attributes: { [h]: { values: [h, h], tag: { [h]: h } }, e: { values: ['a'], from: [{ [h]: { [h]: h } }] } },
      lanes: { [h]: { who: { team: h, kind: h }, may: [{ do: h, class: h, [h]: h, e: h, changes: { only: h } }] } },
      guards: [{ id: h }, { id: h }, { id: 'g', deny: h, [`tag.${h}`]: 5, unless: { successor: { same: [h] } } }],
      grants: [{ id: h, who: 'anyone', may: { do: h }, from: h, until: h }],
      tests: [{ as: h, do: h, type: h, with: { [h]: h, e: h, changes: [h] }, expect: h }],
    }),
  };
}

const NOW = '--now=2026-11-20T12:00:00Z';

/** Each command with its formats, the first on standard output, and its exit code. */
const ANALYSES: readonly (readonly [argv: readonly string[], formats: readonly string[], exit: number])[] = [
  [['check', '--lanes=rules-old.yaml', NOW, '--strict'], ['text', 'json', 'junit', 'github'], 1],
  [['check', '--lanes=rules-broken.yaml'], ['github', 'json', 'junit', 'text'], 2],
  [['diff', 'rules-old.yaml', 'rules-new.yaml'], ['markdown', 'json', 'text'], 0],
  [['diff', 'rules-old.yaml', 'rules-broken.yaml'], ['text', 'json', 'markdown'], 2],
  [['show', '--lanes=rules-old.yaml', NOW], ['html', 'json', 'markdown', 'text'], 0],
  [['show', '--lanes=rules-old.yaml', NOW, '--as=dana'], ['text', 'html', 'markdown'], 0],
];

/** Every output about the rules of a world, by command and format; standard error by command. */
async function analysed(h: string): Promise<ReadonlyMap<string, string>> {
  for (const [name, content] of Object.entries(rules(h))) writeFileSync(join(folder, `rules-${name}.yaml`), content);
  const all = new Map<string, string>();
  for (const [argv, formats, exit] of ANALYSES) {
    const command = `lanes ${argv.join(' ')}`;
    const files = formats.slice(1).map((format) => [format, join(folder, `out.${format}`)] as const);
    const outputs = [formats[0], ...files.map(([format, file]) => `${format}=${file}`)].map((output) => `--format=${output}`);
    const told = await run([...command.split(' '), ...outputs], { cwd: folder });
    expect(told.exit, `${command}\n${told.stderr.slice(0, 400)}`).toBe(exit);
    all.set(`${command} ${formats[0]}`, told.stdout);
    all.set(`${command} stderr`, told.stderr);
    for (const [format, file] of files) {
      all.set(`${command} ${format}`, readFileSync(file, 'utf8'));
      rmSync(file);
    }
  }
  return all;
}

/** A workflow command of ours: an annotation at a line of a file, and nothing after it that is a line of its own. */
const ANNOTATION = /^::(?:error|warning) (?:file=rules-[a-z]+\.yaml,line=\d+,col=\d+,)?title=inlane%3A [^:]*::[^\n]*$/;

describe('hostile rules', async () => {
  const ours = await analysed(HARMLESS);

  it('reach every output', () => {
    // Where the rules cannot be read, text leaves the reasons to standard error.
    const silent = [...ours]
      .filter(([, output]) => !output.includes(HARMLESS))
      .map(([name]) => name.replace(/(?<= )--lanes=| --now=\S+/g, ''));
    expect(silent).toEqual([
      'lanes check rules-old.yaml --strict stderr',
      'lanes check rules-broken.yaml text',
      'lanes diff rules-old.yaml rules-new.yaml stderr',
      'lanes diff rules-old.yaml rules-broken.yaml text',
      'lanes show rules-old.yaml stderr',
      'lanes show rules-old.yaml --as=dana stderr',
    ]);
    const shown = [...ours.values()].join('\n');
    for (const word of ['lane', 'review', 'never', 'freeze', 'grant', 'quota', 'ceiling', 'proof', 'value', 'alias', 'tag.x'])
      expect(shown, word).toContain(`${word}${HARMLESS}`);
  });

  it.each(HOSTILE)('%s forges no line of a check, a comparison or a page', async (_, h) => {
    for (const [name, output] of await analysed(h)) {
      const harmless = ours.get(name) as string;
      if (name.endsWith('github')) {
        for (const line of output.trimEnd().split('\n')) {
          expect(line, name).toMatch(ANNOTATION);
          expect(unsafe(line.replace(/^::[a-z]+ /, '')), name).toEqual([]);
        }
      } else expect(unsafe(output), name).toEqual([]);
      if (name.endsWith('stderr'))
        for (const line of output.split('\n')) expect(line).toMatch(/^(error|warning|note)\[[a-z-]+\]|^$/);
      if (name.endsWith('json')) expect(JSON.parse(output)).toHaveProperty('format');
      if (/html|markdown|junit/.test(name)) expect(output.replace(/\\[^\n]/g, ''), name).not.toMatch(/<script>alert|<\/details>/);
      // What is wrong with the broken file, and what lint finds, depends on the values.
      if (name.includes('broken')) continue;
      const first = (text: string) => text.split(/[ \n]/, 1)[0];
      expect(first(output), name).toBe(first(harmless));
      if (/markdown|html/.test(name)) expect(output.split('\n').length, name).toBe(harmless.split('\n').length);
    }
  });
});
