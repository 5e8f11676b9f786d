import { InlaneError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import type { GateOptions } from '../report/options.ts';
import type { ActionIo } from './io.ts';

/** Every input of action.yml: those of the command line by their names there, then what only a step has. */
export const INPUTS = [
  ...[
    'plan',
    'as',
    'for',
    'lanes',
    'stack',
    'rules-from',
    'trust-worktree',
    'workspace',
    'account',
    'repository',
    'ref',
    'event',
  ],
  ...['now', 'format', 'observe', 'source', 'changed-only', 'quiet', 'comment', 'section', 'needs-approval', 'token'],
] as const;
type InputName = (typeof INPUTS)[number];

export interface Inputs {
  readonly gate: Omit<GateOptions, 'cwd' | 'env'>;
  /** `NAME=FILE` each. */
  readonly formats: readonly string[];
  readonly changedOnly: boolean | null;
  readonly quiet: boolean;
  readonly comment: boolean;
  /** Names this run's part of the comment: of a matrix each job has its own. */
  readonly section: string;
  readonly needsApproval: 'neutral' | 'fail';
}

/** What the step was given under `with:`. Lists stand one entry a line. Throws `usage`. */
export function readInputs(env: ActionIo['env']): Inputs {
  const one = (name: InputName) => inputOf(name, env);
  const many = (name: InputName) => {
    const lines = (one(name) ?? '').split('\n').map((line) => line.trim());
    const entries = lines.filter((line) => line !== '');
    return entries.length > 0 ? entries : undefined;
  };
  const plans = many('plan') ?? [];
  if (plans.length === 0)
    throw new InlaneError(
      'usage',
      'the input `plan` is empty',
      'name the output of `terraform show -json`, or a saved plan file',
    );
  if (plans.includes('-')) throw new InlaneError('usage', 'a step has no standard input', 'name a file in `plan`, not `-`');
  const needsApproval = one('needs-approval') ?? 'neutral';
  if (needsApproval !== 'neutral' && needsApproval !== 'fail')
    throw wrong('needs-approval', needsApproval, 'set it to neutral or fail');
  const given = {
    as: one('as'),
    for: one('for'),
    lanes: many('lanes'),
    stack: one('stack'),
    rulesFrom: one('rules-from'),
    trustWorktree: flag('trust-worktree', env),
    workspace: one('workspace'),
    accounts: many('account'),
    repository: one('repository'),
    ref: one('ref'),
    event: one('event'),
    now: one('now'),
    observe: flag('observe', env),
    source: flag('source', env),
  };
  const where = [given.stack, given.workspace].filter((part) => part !== undefined);
  return {
    gate: { ...withoutUndefined(given), plans },
    formats: many('format') ?? [],
    changedOnly: flag('changed-only', env) ?? null,
    quiet: flag('quiet', env) ?? false,
    comment: flag('comment', env) ?? true,
    section: one('section') ?? (where.length > 0 ? where.join(', ') : plans.join(', ')),
    needsApproval,
  };
}

/** An empty input is one that was not given. The runner keeps the hyphens of a name. */
export function inputOf(name: InputName, env: ActionIo['env']): string | undefined {
  return env[`INPUT_${name.toUpperCase()}`]?.trim() || undefined;
}

/** Spelled as YAML 1.2 spells it, which is what `with: {observe: true}` arrives as. */
function flag(name: InputName, env: ActionIo['env']): boolean | undefined {
  const value = inputOf(name, env);
  if (value === undefined) return undefined;
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (/^(false|False|FALSE)$/.test(value)) return false;
  throw wrong(name, value, 'set it to true or false');
}

function wrong(name: InputName, value: string, hint: string): InlaneError {
  return new InlaneError('usage', `the input \`${name}\` is \`${escapeText(value)}\``, hint);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
