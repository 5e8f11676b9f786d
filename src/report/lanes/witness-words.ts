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
  const facts = [...test.with].map(([key, value]) => factInWords(key, value));
  if (test.survivors !== null) facts.push(survivorsInWords(test.survivors));
  const what = `${spell(test.as)} ${VERBS[test.operation]} ${spell(test.type)}${on}`;
  return facts.length === 0 ? what : `${what}, with ${facts.join(', ')}`;
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
