/**
 * Every way in which inlane can fail to decide. The list is closed: each code has a golden case.
 * A verdict (deny, needs-approval) is never an error.
 */
export const ERROR_CODES = [
  'usage', // an option or argument is wrong
  'io', // a file cannot be read or written
  'plan-wrong-file', // the input is something else than a plan; the message names what
  'plan-unreadable', // not JSON, truncated, duplicate keys, several documents
  'plan-unsupported', // a format_version whose major is not known
  'plan-tool', // terraform or tofu is missing, or `show -json` failed
  'lanes-missing', // no lane file found
  'lanes-invalid', // a lane file is wrong; one diagnostic per place
  'rules-untrusted', // a pull request without --rules-from and without --trust-worktree
  'address-unknown', // explain: no such row
  'internal', // a defect of inlane
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A place in a rule or plan file: 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** File, then position; code-unit order, so that no locale has a say. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** One line of what is wrong where; an error may carry many (a lane file with five mistakes). */
export interface Problem {
  readonly message: string;
  readonly at: Place | null;
  readonly hint: string | null;
}

/**
 * The one error class: "could not decide", always exit code 2.
 * `message` is lowercase, one line, with input in backticks; `hint` says what to do next.
 */
export class InlaneError extends Error {
  override readonly name = 'InlaneError';
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly problems: readonly Problem[];
  constructor(code: ErrorCode, message: string, hint: string | null = null, problems: readonly Problem[] = []) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.problems = problems;
  }
}

/** What kind of error it is, in words that no plan can choose: its message, and a name that is no plain word, may hold plan values. */
export function kindOfError(error: unknown): string {
  return error instanceof Error && /^[A-Z][A-Za-z]{1,39}$/.test(error.name) ? error.name : 'unknown error';
}
