import type { RuleTest } from '../../lanes/ruleset.ts';
import type { Literal } from '../../logic/matcher.ts';
import { listInWords, spell, spellPath } from './spelling.ts';

const VERBS: Readonly<Record<RuleTest['operation'], string>> = {
  create: 'creates',
  read: 'reads',
  update: 'updates',
  destroy: 'destroys',
  import: 'imports',
  move: 'moves',
  forget: 'forgets',
  invoke: 'invokes',
  reclassify: 'reclassifies',
};

/** A spelled change as a sentence: "agent:db-upgrader destroys aws_db_instance, with environment production, no successor". */
export function operationInWords(test: RuleTest): string {
  const on = test.for === null ? '' : ` for ${spell(test.for)}`;
  const facts = [...test.with].filter(([key]) => !ADVERBS.has(key)).map(([key, value]) => factInWords(key, value));
  if (test.survivors !== null) facts.push(survivorsInWords(test.survivors));
  const how = [...test.with].filter(([key]) => ADVERBS.has(key)).map(([key, value]) => ` ${factInWords(key, value)}`);
  const what = `${spell(test.as)} ${VERBS[test.operation]} ${spell(test.type)}${on}${how.join('')}`;
  return facts.length === 0 ? what : `${what}, with ${facts.join(', ')}`;
}

/** Facts that say how or when it is done, and not what there is besides. */
const ADVERBS: ReadonlySet<string> = new Set(['now', 'replaces']);

/** Why an in-file test was decided as it was: `lane developer`, `no lane allows it`. Its place is left to the format. */
export function reasonWords({ kind, id }: { readonly kind: string; readonly id: string | null }): string {
  if (kind === 'no-lane') return 'no lane allows it';
  if (kind === 'unknown') return id === null ? 'cannot be decided' : `cannot be decided: ${id}`;
  return id === null ? kind : `${kind} ${id}`;
}

function factInWords(key: string, value: Literal | readonly Literal[]): string {
  if (key === 'changes') {
    const paths = Array.isArray(value) ? value.map((path) => spellPath(String(path))) : [];
    return paths.length === 0 ? 'nothing changed' : `${listInWords(paths, 'and')} changed`;
  }
  if (key === 'dependents') return value === 'none' ? 'no dependents' : 'dependents that stay';
  if (key === 'replaces') return value === true ? 'as half of a replace' : 'not as half of a replace';
  if (key === 'now') return `at ${String(value)}`;
  return `${spellPath(key)} ${told(value)}`;
}

function told(value: Literal | readonly Literal[]): string {
  if (value !== null && typeof value === 'object')
    return value.length === 0
      ? 'empty'
      : listInWords(
          value.map((one) => told(one)),
          'and',
        );
  return typeof value === 'string' ? spell(value) : String(value);
}

function survivorsInWords(survivors: NonNullable<RuleTest['survivors']>): string {
  if (survivors.length === 0) return 'no successor';
  const shared = survivors.map(({ same }) =>
    same === null || same.length === 0 ? '' : ` with the same ${listInWords(same.map(spell), 'and')}`,
  );
  return `a successor${shared.join(', and one')}`;
}
