import { resolvePrincipal } from '../lanes/principal.ts';
import type { Ruleset, RuleTest } from '../lanes/ruleset.ts';
import { matchGlob } from '../logic/glob.ts';
import type { Coverage } from './examples.ts';
import type { Lint } from './lint.ts';
import type { TypeKnowledge } from './types.ts';

/** What the in-file tests leave out, or name that nobody knows: legal, with a warning (lanes.md 6). */
export function lintTests(ruleset: Ruleset, types: TypeKnowledge, coverage: Coverage): Lint[] {
  return [
    ...ruleset.tests.flatMap((test) => [...strangers(test, ruleset), ...strangeTypes(test, ruleset, types)]),
    ...coverage.untouched.map(({ kind, id, at }) => ({
      code: 'untested' as const,
      severity: 'warning' as const,
      at,
      id,
      message: `no test touches ${kind === 'lane' ? 'this grant of lane' : kind} \`${id}\``,
      hint: 'add an entry to `tests` for which it holds',
    })),
  ];
}

function strangers(test: RuleTest, { registry }: Ruleset): Lint[] {
  return [test.as, ...(test.for === null ? [] : [test.for])].flatMap((spelled) => {
    const principal = resolvePrincipal(spelled, {}, registry);
    if (principal.teams !== 'unknown' || !registry.declared || spelled === 'anonymous') return [];
    const message = `\`${spelled}\` is not in the registry: kind, teams and tier may be unknown`;
    const hint = 'add them under `principals`, or say `anonymous` where nobody in particular is meant';
    return [{ code: 'test-principal', severity: 'warning', at: test.at, id: spelled, message, hint }];
  });
}

function strangeTypes(test: RuleTest, { classes }: Ruleset, types: TypeKnowledge): Lint[] {
  if (types.find(test.type, test.operation) !== null || test.with.has('class')) return [];
  const named = [...classes.values()].some(({ types: globs }) => globs.some((glob) => matchGlob(glob, test.type)));
  if (named) return [];
  const message = `\`${test.type}\` is in no catalog and in no class of yours: its class is unknown`;
  return [
    {
      code: 'test-type',
      severity: 'warning',
      at: test.at,
      id: test.type,
      message,
      hint: 'check the spelling, or add it to a class',
    },
  ];
}
