import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GateOptions, gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';
import type { Random } from './random.ts';

/** Who acts, where and when: what the gate is told beside the plan. */
export type Setting = Pick<GateOptions, 'as' | 'for' | 'workspace' | 'accounts' | 'now'>;

const WHO = ['dana', 'erin', 'sam', 'noor', 'agent:db-upgrader', 'agent:dev-bot', 'agent:stranger', 'ci:deploy', 'stranger'];
const FOR = ['dana', 'sam', 'stranger'];
const WORKSPACES = ['orders-production', 'orders-staging', 'orders-dev', 'default'];

export function someSetting(random: Random): Setting {
  return {
    ...(random.chance(95) ? { as: random.pick(WHO) } : {}),
    ...(random.chance(10) ? { for: random.pick(FOR) } : {}),
    ...(random.chance(60) ? { workspace: random.pick(WORKSPACES) } : {}),
    ...(random.chance(10) ? { accounts: ['123456789012'] } : {}),
    now: random.chance(90) ? '2026-11-20T12:00:00Z' : '2026-12-20T12:00:00Z',
  };
}

/** A folder of its own for plans and lane files; `done` removes it. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'inlane-laws-'));
  /** Errors that are none of ours, as the gate tells of them. */
  readonly defects: unknown[] = [];

  constructor() {
    mkdirSync(join(this.folder, '.git'));
  }

  done(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(name: string, bytes: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Gates several plans under one set of rules, which are read once; one report each, in order. */
  async gate(plans: readonly (string | Uint8Array)[], lanes: readonly string[], setting: Setting): Promise<readonly Report[]> {
    const { reports } = await gate({
      plans: plans.map((bytes, i) => this.write(`plan${i}.json`, bytes)),
      lanes,
      cwd: this.folder,
      env: {},
      onDefect: (error) => this.defects.push(error),
      ...setting,
    });
    return reports;
  }
}
