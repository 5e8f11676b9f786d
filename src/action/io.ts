import type { GateOptions, GateResult } from '../report/options.ts';

/** What the Action touches of the world; tests give their own. */
export interface ActionIo {
  /** The runner's: `INPUT_*`, `GITHUB_*`, `RUNNER_TEMP`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute: the workspace. */
  readonly cwd: string;
  /** The log of the step; workflow commands work there. */
  readonly log: (text: string) => void;
  readonly gate: (options: GateOptions) => Promise<GateResult>;
  readonly fetch: typeof fetch;
  /** Milliseconds. */
  readonly wait: (time: number) => Promise<void>;
  /** 0 <= x < 1. */
  readonly random: () => number;
}
