import type { SeenObject } from './evidence.ts';
import { type Catalogs, typeOf } from './kinds.ts';
import type { ProposedTest, Written } from './proposal.ts';
import { type RuleBasis, someAlone } from './rules.ts';

/** A path that no catalog gives a class of its own: with it spelled, a change is of its type's classes alone. */
const HARMLESS = 'name';

/**
 * In-file tests that touch every grant and guard of the proposal; what they expect follows from the rules' meaning, and `inlane init`
 * runs them before it writes anything.
 */
export function proposeTests(basis: RuleBasis, catalogs: Catalogs): readonly ProposedTest[] {
  const { evidence, kinds, environment, answers } = basis;
  const [developer] = answers.developers;
  if (developer === undefined) return [];
  const plain = typeOf(evidence, (object) => isPlain(object, basis, catalogs)) ?? plainExample(basis);
  const stateful = typeOf(evidence, (object) => isStateful(object, catalogs)) ?? 'aws_db_instance';
  const alone = someAlone(basis) ? environment?.alone[0] : undefined;
  const only: Written = { changes: [HARMLESS] };
  const production: Written = environment === null ? only : { environment: 'production', ...only };
  const test = (
    summary: string,
    as: string,
    what: readonly [string, string],
    with_: Written,
    expect: ProposedTest['expect'],
  ) => ({
    summary,
    as,
    do: what[0],
    type: what[1],
    with: with_,
    expect,
  });
  const tests: ProposedTest[] = [
    test('helpers need nobody', 'anonymous', ['create', 'terraform_data'], {}, 'allow'),
    test('nor does reading', 'anonymous', ['read', readType(basis, catalogs)], {}, 'allow'),
  ];
  if (plain !== null) {
    tests.push(test('nobody in particular may change anything', 'anonymous', ['create', plain], production, 'deny'));
    if (alone !== undefined) {
      const known: Written = { environment: alone, ...only };
      tests.push(test(`developers are alone in ${alone}`, developer, ['create', plain], known, 'allow'));
      if (answers.agents) tests.push(test('and so are agents', 'agent:any', ['create', plain], known, 'allow'));
      tests.push(test('without an environment it counts as production', developer, ['create', plain], only, 'needs-approval'));
    }
    tests.push(test('production waits for an approval', developer, ['create', plain], production, 'needs-approval'));
  }
  tests.push(test('data of production stays', developer, ['destroy', stateful], production, 'deny'));
  if (alone !== undefined) {
    const permission = typeOf(
      evidence,
      ({ mode, classes }) => mode === 'managed' && kinds.careful.has(classes[0] ?? '') && classes.includes('access'),
    );
    const known: Written = { environment: alone, ...only };
    if (permission === null)
      tests.push(test('who may do what is in no lane', developer, ['create', 'aws_iam_role'], known, 'deny'));
    else tests.push(test('who may do what is never changed alone', developer, ['create', permission], known, 'needs-approval'));
  }
  if (kinds.runs) tests.push(...codeTests(basis, developer, only));
  return tests;
}

function codeTests({ kinds, evidence }: RuleBasis, developer: string, only: Written): ProposedTest[] {
  const summary = 'code that runs is looked at first';
  const tests: ProposedTest[] = [{ summary, as: developer, do: 'invoke', type: 'external', with: {}, expect: 'needs-approval' }];
  for (const name of kinds.invoked.slice(0, 1)) {
    const type = typeOf(evidence, ({ classes, operations }) => classes[0] === name && operations.includes('invoke'));
    if (type !== null) tests.push({ summary, as: developer, do: 'invoke', type, with: only, expect: 'needs-approval' });
  }
  return tests;
}

/** Of a class that developers are let alone with, and of no other that asks for more. */
function isPlain(object: SeenObject, { kinds }: RuleBasis, catalogs: Catalogs): boolean {
  const [own] = object.classes;
  const facts = object.mode === 'managed' ? catalogs.find(object.type, 'create') : null;
  return (
    own !== undefined &&
    kinds.plain.has(own) &&
    facts !== null &&
    facts.class === own &&
    !facts.also.includes('access') &&
    !facts.telling.has(HARMLESS)
  );
}

function isStateful({ mode, type }: SeenObject, catalogs: Catalogs): boolean {
  const facts = mode === 'managed' ? catalogs.find(type, 'destroy') : null;
  return facts !== null && facts.class !== null && facts.also.includes('stateful');
}

function plainExample({ kinds }: RuleBasis): string | null {
  return kinds.example ? 'aws_sqs_queue' : null;
}

function readType({ evidence }: RuleBasis, catalogs: Catalogs): string {
  const harmless = (type: string) => {
    const own = catalogs.find(type, 'read')?.class ?? null;
    return own !== null && own !== 'code-execution';
  };
  return typeOf(evidence, ({ mode, type }) => mode === 'data' && harmless(type)) ?? 'aws_region';
}
