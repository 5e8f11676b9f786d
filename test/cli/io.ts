import type { CliIo } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { buildReport } from '../../src/report/build.ts';
import type { GateOptions, GateResult } from '../../src/report/options.ts';
import { processExit } from '../../src/report/report.ts';
import { allowedQueue, deniedReplace, input } from '../report/samples.ts';

export interface Run {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command asked of the plan flow; null when it never got there. */
  readonly asked: GateOptions | null;
}

/** Decides by name: `deny*` is denied, everything else allowed. */
export async function standInGate(options: GateOptions): Promise<GateResult> {
  const reports = options.plans.map((path) =>
    buildReport(
      input(
        [path.startsWith('deny') ? deniedReplace() : allowedQueue('jobs')],
        { observe: options.observe ?? false },
        {},
        { path },
      ),
    ),
  );
  return { reports, exit: reports.length === 1 && reports[0] ? processExit(reports[0]) : 2 };
}

/** Runs the programme with streams of its own. */
export async function run(
  argv: readonly string[],
  over: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly terminal?: boolean;
    readonly stdin?: string;
    readonly gate?: (options: GateOptions) => Promise<GateResult>;
    readonly write?: CliIo['stdout']['write'];
  } = {},
): Promise<Run> {
  const out = { stdout: '', stderr: '' };
  let asked: GateOptions | null = null;
  const sink = (name: 'stdout' | 'stderr') => ({
    terminal: over.terminal ?? false,
    columns: null,
    write: async (text: string) => {
      out[name] += text;
    },
  });
  const exit = await main(argv, {
    env: over.env ?? {},
    cwd: over.cwd ?? '/nowhere',
    stdout: over.write ? { ...sink('stdout'), write: over.write } : sink('stdout'),
    stderr: sink('stderr'),
    stdin: () => Buffer.from(over.stdin ?? ''),
    loadGate: async () => async (options) => {
      asked = options;
      return (over.gate ?? standInGate)(options);
    },
  });
  return { exit, ...out, asked };
}
