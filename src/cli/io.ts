import type { StandardInput } from '../plan/spool.ts';
import type { GateOptions, GateResult } from '../report/options.ts';

/** What the command line touches of the world; tests give their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** All of standard input. */
  readonly stdin: () => StandardInput;
  /**
   * Asks a question on the terminal and gives the line that was typed, null at the end of input; absent or null where nobody can be asked:
   * standard input or standard error is no terminal.
   */
  readonly ask?: ((question: string) => Promise<string | null>) | null;
  /** Loads the plan flow when a command needs it. */
  readonly loadGate: () => Promise<(options: GateOptions) => Promise<GateResult>>;
}

export interface Sink {
  readonly terminal: boolean;
  /** Null where it is no terminal. */
  readonly columns: number | null;
  /** Settles when the text is out. A reader that went away is no error; anything else is. */
  write(text: string): Promise<void>;
}
