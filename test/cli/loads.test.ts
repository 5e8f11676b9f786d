import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LARGEST_WHOLE } from '../../src/plan/whole.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inlane-loads-'));
const dist = join(folder, 'dist');
const story = (name: string) => join(root, 'fixtures/stories', name, 'plan.json');
const lanes = ['--lanes', join(root, 'fixtures/lanes/inlane.yaml'), '--as', 'dana', '--now', '2026-11-20T12:00:00Z'];

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types', `--outdir=${dist}`]);
  // Tells, when the process ends, which of Node's own modules and which files it has opened since its start.
  writeFileSync(
    join(folder, 'watch.cjs'),
    `const fs = require('node:fs');
     const url = require('node:url');
     const before = new Set(process.moduleLoadList);
     const opened = [];
     for (const name of ['readFileSync', 'openSync']) {
       const real = fs[name];
       fs[name] = (path, ...rest) => { if (typeof path !== 'number') opened.push(path instanceof URL ? url.fileURLToPath(path) : String(path)); return real(path, ...rest); };
     }
     process.on('exit', () => fs.writeFileSync(process.env.WATCHED, JSON.stringify({
       builtins: process.moduleLoadList.filter((name) => !before.has(name)), opened: [...new Set(opened)],
     })));`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Loads {
  readonly exit: number | null;
  readonly stdout: string;
  /** Names of Node's public modules that were not there at the start of a process. */
  readonly builtins: readonly string[];
  /** Files that the run read, relative to the package. */
  readonly files: readonly string[];
  /** Parts of the programme, scripts of their own, that were loaded. */
  readonly later: readonly string[];
}

/** Long literals go on in the next line. */
const textOf = (file: string) => readFileSync(join(dist, file), 'utf8').replaceAll('\\\n', '');

let runs = 0;

function watch(argv: readonly string[], cwd = root): Loads {
  runs += 1;
  const watched = join(folder, `watched-${runs}.json`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', join(folder, 'watch.cjs'), join(dist, 'inlane.cjs'), ...argv],
    {
      cwd,
      env: { PATH: process.env.PATH ?? '', WATCHED: watched },
      encoding: 'utf8',
    },
  );
  expect(stderr).not.toMatch(/internal/);
  const { builtins, opened } = JSON.parse(readFileSync(watched, 'utf8')) as { builtins: string[]; opened: string[] };
  const files = opened
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(dist.length + 1))
    .sort();
  return {
    exit: status,
    stdout,
    builtins: builtins.flatMap((name) => /^NativeModule ((?!internal\/)\S+)$/.exec(name)?.[1] ?? []).sort(),
    files,
    later: files.flatMap((file) => (dirname(file) === 'later' ? basename(file) : [])),
  };
}

describe('a plain gate of an AWS plan', () => {
  let loads: Loads;
  beforeAll(() => {
    loads = watch(['gate', story('aws-postgres-1-create-beside'), ...lanes]);
  });

  it('decides', () => {
    expect(loads.stdout).toMatch(/^(ALLOW|DENY) /);
  });

  it('does without the parts of the programme that are scripts of their own', () => {
    expect(loads.later).toEqual([]);
  });

  it('reads the programme, its cache, the classes and the catalogs of the providers in the plan, and no other file of the package', () => {
    const plan = JSON.parse(readFileSync(story('aws-postgres-1-create-beside'), 'utf8')) as {
      resource_changes: { provider_name: string }[];
    };
    const providers = new Set(plan.resource_changes.map((row) => row.provider_name));
    expect([...providers]).toEqual(['registry.terraform.io/hashicorp/aws']);
    const cache = `cache/${process.versions.v8}-${process.arch}.bin`;
    expect(loads.files).toEqual(['aws/catalog.json', cache, 'classes.json', 'inlane.cjs', 'programme.js'].sort());
  });

  it("loads of Node's modules only those for hashing and for compiling the programme, with the streams that they bring", () => {
    // At least one, or the list is not the list.
    expect(loads.builtins).toContain('crypto');
    expect(
      loads.builtins.filter((name) => !['crypto', 'stream', 'stream/promises', 'string_decoder', 'v8', 'vm'].includes(name)),
    ).toEqual([]);
  });
});

it.skipIf(process.platform === 'win32')('the null device is written to as a file is, without a stream', () => {
  const watched = join(folder, 'watched-null.json');
  const argv = ['--require', join(folder, 'watch.cjs'), join(dist, 'inlane.cjs'), 'gate', story('aws-moved'), ...lanes];
  const { status } = spawnSync(process.execPath, argv, { stdio: 'ignore', env: { WATCHED: watched } });
  expect(status).toBe(0);
  const { builtins } = JSON.parse(readFileSync(watched, 'utf8')) as { builtins: string[] };
  expect(builtins).toContain('NativeModule crypto');
  expect(builtins.filter((name) => /write_stream|tty/.test(name))).toEqual([]);
});

it('what a plain gate does not run is not in the programme, but in a part of its own', () => {
  const parts = {
    azure: 'are kept by the vault itself, not by Azure Resource Manager',
    commands: 'outputHelpIfRequested',
    gcp: 'tagKeys/',
    git: 'cat-file',
    kubernetes: 'manifest.metadata.namespace',
    large: 'changed while it was read',
    show: 'plan-tool',
    snowflake: 'unsafe_execute',
    source: 'heredoc',
    yaml: 'unexpected end of the stream within a flow collection',
  };
  expect(
    readdirSync(join(dist, 'later'))
      .filter((file) => file.endsWith('.cjs'))
      .sort(),
  ).toEqual(Object.keys(parts).map((name) => `${name}.cjs`));
  const programme = textOf('programme.js');
  for (const [name, words] of Object.entries(parts)) {
    expect(textOf(`later/${name}.cjs`).includes(words), name).toBe(true);
    expect(programme.includes(words), name).toBe(false);
  }
});

it('a plan that stays in its file is read by a part of the programme', () => {
  const large = join(folder, 'large.json');
  writeFileSync(large, readFileSync(story('aws-moved'), 'utf8') + ' '.repeat(LARGEST_WHOLE));
  const [small, loads] = [watch(['gate', story('aws-moved'), ...lanes]), watch(['gate', large, ...lanes])];
  expect([small.later, loads.later]).toEqual([[], ['large.cjs']]);
  expect(loads.stdout.replaceAll(large, '')).toBe(small.stdout.replaceAll(story('aws-moved'), ''));
});

it('there is a parser of YAML, and nothing that writes it', () => {
  for (const file of ['later/yaml.cjs', 'programme.js']) {
    expect(textOf(file)).not.toContain('node_modules/yaml/');
    expect(textOf(file)).not.toMatch(/tag:yaml\.org,2002:(timestamp|binary|int)/);
  }
});

it('commander and the parser of YAML are for command lines and lane files that are written another way', () => {
  const other = join(folder, 'other.yaml');
  writeFileSync(other, readFileSync(join(root, 'fixtures/lanes/inlane.yaml'), 'utf8').replace('level: org', 'level: !!str org'));
  const loads = watch(['explain', 'aws_sqs_queue.jobs', story('aws-moved'), '--as', 'dana', '--lanes', other]);
  expect(loads.later).toEqual(['commands.cjs', 'yaml.cjs']);
});

it('a part throws the errors of the programme', () => {
  const other = join(folder, 'wrong.yaml');
  writeFileSync(other, 'inlane: 1\nlevel: &here org\nlanes: {a: [}\n');
  const run = (argv: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [join(dist, 'inlane.cjs'), ...argv], { cwd: root, encoding: 'utf8' });
    return `${status} ${/^error\[[\w-]+\]/.exec(stderr)?.[0]}`;
  };
  expect(run(['gate', story('aws-moved'), '--as', 'dana', '--lanes', other])).toBe('2 error[lanes-invalid]');
  expect(run(['gate', story('aws-moved'), '--no-such-option'])).toBe('2 error[usage]');
  expect(run(['gate', story('aws-moved'), '--as', 'dana', '--rules-from', 'no-such-ref'])).toMatch(/^2 error\[(?!internal)/);
});

it('a defect in a part shows its frames, without a place of this machine', () => {
  const part = join(dist, 'later/commands.cjs');
  const text = readFileSync(part, 'utf8');
  const broken = text.replace(/(async function runProgram\([^)]*\)\{)/, '$1throw new TypeError("secret");');
  expect(broken).not.toBe(text);
  writeFileSync(part, broken);
  const { status, stderr } = spawnSync(process.execPath, [join(dist, 'inlane.cjs'), 'gate', '--help'], {
    encoding: 'utf8',
    env: { INLANE_DEBUG: '1' },
  });
  writeFileSync(part, text);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^debug:\n {4}at (?:Object\.)?runProgram \(dist\/later\/commands\.cjs:\d+:\d+\)\n/);
  expect(stderr).not.toMatch(/secret|inlane-loads/);
});

it('a format beside text and JSON is a script of its own, read where it is asked for', () => {
  const programme = textOf('programme.js');
  const known = {
    markdown: 'There is no room for more',
    sarif: 'primaryLocationLineHash',
    junit: '<testsuites',
    github: 'title=',
    html: 'article.group',
  };
  for (const [name, words] of Object.entries(known)) {
    const { files, stdout } = watch(['gate', story('aws-moved'), ...lanes, '--format', name]);
    expect(files.filter((file) => file.startsWith('formats'))).toEqual([join('formats', `${name}.cjs`)]);
    expect(stdout.length).toBeGreaterThan(50);
    expect(textOf(join('formats', `${name}.cjs`)).includes(words), name).toBe(true);
    expect(programme.includes(words), name).toBe(false);
  }
});

describe('the configuration beside a plan', () => {
  const stack = join(root, 'fixtures/source/01-flat-queues');
  const parser = (loads: Loads) => ({
    text: loads.later.includes('source.cjs'),
    parser: loads.files.some((file) => file.startsWith('hcl2json/')),
  });
  const denied = ['gate', join(stack, 'plan.json'), ...lanes];

  it('is read where a row that is not allowed is shown', () => {
    const loads = watch(denied, stack);
    expect(loads.exit).toBe(1);
    expect(loads.stdout).toContain('main.tf:7');
    expect(parser(loads)).toEqual({ text: true, parser: true });
  });

  it('is not read where there is none, where nobody wants it, or where nothing that is shown needs it', () => {
    expect(parser(watch(denied))).toEqual({ text: false, parser: false });
    expect(parser(watch([...denied, '--no-source'], stack))).toEqual({ text: false, parser: false });
    const allowed = join(root, 'fixtures/stories/aws-nothing-changes');
    const loads = watch(['gate', join(allowed, 'plan.json'), ...lanes], allowed);
    expect(loads.stdout).toMatch(/^ALLOW /);
    expect(parser(loads)).toEqual({ text: false, parser: false });
  });
});

describe('the code cache', () => {
  const cache = () => join(dist, 'cache', readdirSync(join(dist, 'cache'))[0] ?? '');
  const run = () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(dist, 'inlane.cjs'), 'gate', story('aws-postgres-1-create-beside'), ...lanes],
      { cwd: root, encoding: 'utf8' },
    );
    return { status, stdout };
  };

  it('is taken where it is whole, and where it is not the programme is compiled from its text', () => {
    const told = join(folder, 'told.cjs');
    writeFileSync(
      told,
      `const vm = require('node:vm');
       const { Script } = vm;
       vm.Script = class extends Script {
         constructor(text, options) {
           super(text, options);
           console.error('taken:', options.cachedData !== undefined && !this.cachedDataRejected);
         }
       };`,
    );
    const isTaken = () => {
      const argv = ['--require', told, join(dist, 'inlane.cjs'), 'gate', story('aws-moved'), ...lanes];
      return /taken: (\w+)/.exec(spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' }).stderr)?.[1];
    };
    expect(isTaken()).toBe('true');
    const good = readFileSync(cache());
    writeFileSync(cache(), good.subarray(0, good.length - 1));
    expect(isTaken()).toBe('false');
    writeFileSync(cache(), good);
  });

  it('changes nothing of what is decided, whether it is whole, cut, garbled, of another text or not there', () => {
    const kept = join(folder, 'kept.bin');
    copyFileSync(cache(), kept);
    const whole = run();
    expect(whole.stdout).toMatch(/^(ALLOW|DENY) /);
    const good = readFileSync(kept);
    const flipped = (at: number) => {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      return bytes;
    };
    const broken = [
      Buffer.alloc(0),
      good.subarray(0, 20),
      good.subarray(0, good.length >> 1),
      flipped(0),
      flipped(40),
      flipped(good.length >> 1),
      flipped(good.length - 1),
    ];
    for (const bytes of broken) {
      writeFileSync(cache(), bytes);
      expect(run()).toEqual(whole);
    }
    copyFileSync(kept, cache());
    const script = join(dist, 'programme.js');
    const text = readFileSync(script, 'latin1');
    // As long as before, so that V8 alone would take the old code for it.
    const changed = text.replaceAll('decided as of', 'DECIDED AS OF');
    expect(changed).not.toBe(text);
    writeFileSync(script, changed, 'latin1');
    expect(run().stdout).toContain('DECIDED AS OF');
    writeFileSync(script, text, 'latin1');
    rmSync(cache());
    expect(run()).toEqual(whole);
  });
});

describe('a package that is not whole', () => {
  it('ends with 2 and says so, in one line: 1 would say that a plan was denied', () => {
    const script = join(dist, 'programme.js');
    const whole = readFileSync(script, 'latin1');
    const run = () => spawnSync(process.execPath, [join(dist, 'inlane.cjs'), 'gate', 'plan.json'], { encoding: 'utf8' });
    const broken = { SyntaxError: whole.slice(0, whole.length >> 1), RangeError: '(function(){throw new RangeError("x")})' };
    for (const [name, text] of Object.entries(broken)) {
      writeFileSync(script, text, 'latin1');
      const { status, stdout, stderr } = run();
      expect([status, stdout, stderr]).toEqual([2, '', `error[internal]: inlane cannot be loaded (${name}): install it again\n`]);
    }
    rmSync(script);
    expect(run()).toMatchObject({ status: 2, stderr: 'error[internal]: inlane cannot be loaded (ENOENT): install it again\n' });
    writeFileSync(script, whole, 'latin1');
  });
});
