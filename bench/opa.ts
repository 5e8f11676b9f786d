import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeMap } from '../test/cedar/document.ts';

interface Condition {
  readonly class: readonly string[];
  readonly environment: string;
  readonly name: { readonly glob: string };
}
interface Rules {
  readonly lanes: Readonly<
    Record<
      string,
      { readonly who: { readonly team: string }; readonly may: readonly (Condition & { readonly do: readonly string[] })[] }
    >
  >;
  readonly guards: readonly (Condition & { readonly deny: readonly string[]; readonly 'tag.owner': { readonly not: string } })[];
}

/** Decisions a second that `opa bench` measures on the same rules and request; null where there is no `opa`. */
export async function opaSpeed(file: NodeMap, request: Readonly<Record<string, unknown>>): Promise<number | null> {
  if (spawnSync('opa', ['version']).status !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'inlane-opa-'));
  try {
    const { lanes, guards } = file as unknown as Rules;
    const rego = [
      'package inlane',
      'default allow := false',
      'allow if { granted; not denied }',
      ...Object.values(lanes).flatMap(({ who, may }) =>
        may.map((one) => `granted if { ${set(one.do)}[input.do]; "${who.team}" in input.team; ${where(one)} }`),
      ),
      ...guards.map(
        (one) => `denied if { ${set(one.deny)}[input.do]; input.tag.owner != "${one['tag.owner'].not}"; ${where(one)} }`,
      ),
    ].join('\n');
    const { who, ...rest } = request as { readonly who: { readonly team: readonly string[] } };
    writeFileSync(join(folder, 'rules.rego'), rego);
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ ...rest, team: who.team, do: 'update' }));
    const query = ['--data', join(folder, 'rules.rego'), '--input', join(folder, 'input.json'), 'data.inlane.allow'];
    const answer = spawnSync('opa', ['eval', '--format=raw', ...query], { encoding: 'utf8' });
    if (answer.stdout.trim() !== 'true') throw new Error(`opa decides otherwise: ${answer.stdout}${answer.stderr}`);
    const bench = spawnSync('opa', ['bench', '--format=json', '--count=1', ...query], { encoding: 'utf8' });
    const { T, N } = JSON.parse(bench.stdout) as { readonly T: number; readonly N: number };
    return (1e9 * N) / T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function where({ class: classes, environment, name }: Condition): string {
  const [head = '', tail = ''] = name.glob.split('*');
  return `some c in input.class; ${set(classes)}[c]; input.environment == "${environment}"; startswith(input.name, "${head}"); endswith(input.name, "${tail}")`;
}

function set(names: readonly string[]): string {
  return `{${names.map((name) => JSON.stringify(name)).join(', ')}}`;
}
