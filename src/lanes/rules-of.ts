import type { ReadRules } from './cascade.ts';
import { type LoadOptions, loadRuleset } from './load.ts';
import type { Environment } from './principal.ts';

/** Where the rules of a run come from, as the options say it. */
export interface RulesOptions {
  readonly lanes?: readonly string[] | undefined;
  readonly stack?: string | undefined;
  readonly rulesFrom?: string | undefined;
  readonly cwd: string;
  readonly env: Environment;
  readonly classNames: LoadOptions['classNames'];
  /** Where files are read from instead of the working tree; not together with `rulesFrom`. */
  readonly read?: ReadRules | undefined;
}

/** The ruleset of the working tree, or of the commit that `rulesFrom` names; git is loaded only for the latter. */
export async function rulesOf({ lanes, stack = '.', rulesFrom, cwd, env, classNames, read }: RulesOptions) {
  const commit =
    rulesFrom === undefined ? null : await (await import('./git.ts')).rulesFromCommit({ ref: rulesFrom, stack, cwd, env });
  return loadRuleset({
    stack,
    cwd,
    classNames,
    ...(lanes === undefined ? {} : { lanes }),
    ...(commit === null ? (read === undefined ? {} : { read }) : { read: commit.read, unread: commit.unread }),
  });
}
