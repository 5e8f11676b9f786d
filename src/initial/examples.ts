import type { Evidence, SeenObject } from './evidence.ts';
import { type Catalogs, typeOf } from './kinds.ts';
import type { ProposedTest, Written } from './proposal.ts';
import { EXAMPLE_AGENT, type RuleBasis, someAlone } from './rules.ts';

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
  const plain = plainSample(basis, catalogs);
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
  const any = plain ?? carefulSample(basis);
  if (any !== null) {
    const create = ['create', any.type] as const;
    tests.push(test('nobody in particular may change anything', 'anonymous', create, { ...any.with, ...production }, 'deny'));
    tests.push(test('production waits for an approval', developer, create, { ...any.with, ...production }, 'needs-approval'));
    if (alone !== undefined) {
      const unplaced: Written = { ...any.with, ...only };
      tests.push(test('without an environment it counts as production', developer, create, unplaced, 'needs-approval'));
    }
  }
  if (plain !== null && alone !== undefined) {
    const known: Written = { ...plain.with, environment: alone, ...only };
    tests.push(test(`developers are alone in ${alone}`, developer, ['create', plain.type], known, 'allow'));
    if (answers.agents) tests.push(test('and so are agents', `agent:${EXAMPLE_AGENT}`, ['create', plain.type], known, 'allow'));
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

/** A type that stands for its class, and what a test must spell with it. */
interface Sample {
  readonly type: string;
  readonly with: Written;
}

/**
 * A type of a class that developers are let alone with, and of no other class that asks for more; where the plans show none that is so by
 * itself, the test spells the class.
 */
function plainSample({ evidence, kinds }: RuleBasis, catalogs: Catalogs): Sample | null {
  if (kinds.example) return { type: 'aws_sqs_queue', with: {} };
  const isOf = ({ mode, classes }: SeenObject) => mode === 'managed' && kinds.plain.has(classes[0] ?? '');
  const clean = typeOf(evidence, (object) => isOf(object) && isClean(object, catalogs));
  if (clean !== null) return { type: clean, with: {} };
  return spelledSample(evidence, isOf);
}

function carefulSample({ evidence, kinds }: RuleBasis): Sample | null {
  return spelledSample(evidence, ({ mode, classes }) => mode === 'managed' && kinds.careful.has(classes[0] ?? ''));
}

function spelledSample(evidence: Evidence, isOf: (object: SeenObject) => boolean): Sample | null {
  const type = typeOf(evidence, isOf);
  const own = evidence.objects.find((object) => object.type === type && isOf(object))?.classes[0];
  return type === null || own === undefined ? null : { type, with: { class: own } };
}

function isClean({ type, classes }: SeenObject, catalogs: Catalogs): boolean {
  const facts = catalogs.find(type, 'create');
  return facts !== null && facts.class === classes[0] && !facts.also.includes('access') && !facts.telling.has(HARMLESS);
}

function isStateful({ mode, type }: SeenObject, catalogs: Catalogs): boolean {
  const facts = mode === 'managed' ? catalogs.find(type, 'destroy') : null;
  return facts !== null && facts.class !== null && facts.also.includes('stateful');
}

function readType({ evidence }: RuleBasis, catalogs: Catalogs): string {
  const harmless = (type: string) => {
    const own = catalogs.find(type, 'read')?.class ?? null;
    return own !== null && own !== 'code-execution';
  };
  return typeOf(evidence, ({ mode, type }) => mode === 'data' && harmless(type)) ?? 'aws_region';
}
