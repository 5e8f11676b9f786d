import type { StandardInput } from '../plan/spool.ts';
import type { ExitCode, Report } from './report.ts';

/** Which rows' places in the configuration a report shows: none, those that are not allowed, or all. */
export type Lines = 'none' | 'out-of-lane' | 'all';

/** Everything `gate` takes; the command line, the Action and library callers fill the same object. */
export interface GateOptions {
  /** Plan files: `show -json` output, saved plan files, or `-` for standard input. */
  readonly plans: readonly string[];
  /** Who acts: `dana`, `agent:NAME`, `ci:NAME`. */
  readonly as?: string;
  /** The person acted for. */
  readonly for?: string;
  /** Lane files, instead of discovery. */
  readonly lanes?: readonly string[];
  /** Directory of the stack, to discover lane files from and to look for its configuration; default `cwd`. */
  readonly stack?: string;
  /** Commit to read the rules from. */
  readonly rulesFrom?: string;
  readonly trustWorktree?: boolean;
  readonly workspace?: string;
  /** `ID` or `PROVIDER=ID`. */
  readonly accounts?: readonly string[];
  readonly repository?: string;
  readonly ref?: string;
  readonly event?: string;
  /** RFC 3339 with zone, or milliseconds since the epoch; default: the clock. */
  readonly now?: string | number;
  readonly observe?: boolean;
  /** False: the text of the configuration is not looked at, neither for lines nor for tags that the plan hides. Default true. */
  readonly source?: boolean;
  /** The rows whose file and line are looked up in the configuration of the stack; default: all. */
  readonly lines?: Lines;
  /** Absolute; default the process's. */
  readonly cwd?: string;
  /** Default: none. The command line passes the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads all of standard input; called at most once. */
  readonly stdin?: () => StandardInput;
  /** Told of an error that is no InlaneError before it becomes an undecided report, so that its stack can be shown. */
  readonly onDefect?: (error: unknown) => void;
}

export interface GateResult {
  /** One per plan, in the order given. */
  readonly reports: readonly Report[];
  /** What the process exits with: the worst report's code, or under `observe` 0 where that is not 2. */
  readonly exit: ExitCode;
}
