import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANES, PROD, stateOf, table } from '../states.ts';
import { run } from './io.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-cli-tags-'));
  writeFileSync(join(folder, 'inlane.yaml'), LANES);
  writeFileSync(join(folder, 'a.json'), stateOf(table('1', 'a', PROD)));
  writeFileSync(join(folder, 'no-tags.yaml'), 'inlane: 1\nlevel: org\nlanes: {all: {who: anyone, may: [{do: read}]}}\n');
  writeFileSync(
    join(folder, 'random.json'),
    stateOf({
      mode: 'managed',
      type: 'random_pet',
      name: 'x',
      address: 'random_pet.x',
      provider_name: 'registry.terraform.io/hashicorp/random',
      values: {},
      sensitive_values: {},
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inlane = (line: string, env: Record<string, string> = {}) => run(line.split(' '), { cwd: folder, env });

describe('tags', () => {
  it.each([
    ['tags scan', 'no state is given'],
    ['tags scan a.json --lanes inlane.yaml --cloud gogle', 'did you mean `google`?'],
    ['tags scan a.json --lanes inlane.yaml --workers 0', '--workers: `0` is no whole number'],
    ['tags scan a.json --lanes inlane.yaml --owner nobody', '`nobody` is no attribute with a tag'],
    ['tags scan a.json --lanes no-tags.yaml', 'no attribute of the lane files names a tag'],
    ['tags scan a.json --lanes inlane.yaml --format yaml', 'unknown format `yaml`'],
    ['tags repair a.json --lanes inlane.yaml --apply', '--apply needs a journal'],
    ['tags repair a.json --lanes inlane.yaml --undo gone.jsonl', 'the journal `gone.jsonl` cannot be read'],
    ['tags repair a.json --lanes inlane.yaml --undo a --journal b', '--undo goes on in the journal'],
    ['tags repair a.json --lanes inlane.yaml --max-changes many', '`many` is no whole number'],
    ['tags mend a.json', 'unknown command `tags mend`'],
  ])('%s: could not be done, exit 2', async (line, words) => {
    const { exit, stdout, stderr } = await inlane(line);
    expect(exit).toBe(2);
    expect(`${stderr}${stdout}`).toContain(words);
    expect(stderr).toMatch(/^error\[[a-z-]+\]: /m);
  });

  it('a state that is not there is told in the report, and makes it partial', async () => {
    const { exit, stdout } = await inlane('tags scan gone.json --lanes inlane.yaml');
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^UNDECIDED {2}PARTIAL/);
    expect(stdout).toContain('state gone.json: `gone.json` does not exist; check the path');
  });

  it('a scan that found nothing to ask for is undecided, and its JSON is one object', async () => {
    const { exit, stdout } = await inlane('tags scan random.json --lanes inlane.yaml --format json');
    expect(exit).toBe(2);
    const report = JSON.parse(stdout) as { format: string; verdict: string; diagnostics: { code: string }[] };
    expect(report).toMatchObject({ format: 'inlane-scan/1', verdict: 'undecided', exit: 2 });
    expect(report.diagnostics.map(({ code }) => code)).toEqual(['saw-nothing']);
  });

  it('a wrong option is one object in JSON, too', async () => {
    for (const what of ['scan', 'repair']) {
      const { exit, stdout } = await inlane(`tags ${what} a.json --lanes gone.yaml --format json`);
      expect(exit).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'undecided', exit: 2, partial: true });
    }
  });

  it('in a pull request the rules must come from a commit, or be trusted', async () => {
    const { exit, stderr } = await inlane('tags scan a.json --lanes inlane.yaml', {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
    });
    expect(exit).toBe(2);
    expect(stderr).toContain('rules-untrusted');
  });

  it.each(['tags', 'tags scan', 'tags repair'])('%s --help has an example or its commands, and the exit codes', async (line) => {
    const { exit, stdout } = await inlane(`${line} --help`);
    expect(exit).toBe(0);
    expect(stdout).toContain(line === 'tags' ? 'repair' : 'Example:');
    if (line !== 'tags') expect(stdout).toContain('Exit codes: 0');
  });
});
