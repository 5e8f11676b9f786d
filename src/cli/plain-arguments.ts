import { propertyOf, SHARED_OPTIONS } from './options.ts';

/** What commander would make of some arguments. */
export interface PlainArguments {
  readonly plans: readonly string[];
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * The arguments of a `gate` that says its options by their whole names; null for every other command line, and wherever something is
 * wrong: then commander reads it, and has a word for it. Setting commander up costs as much as deciding ten rows;
 * test/cli/plain-arguments.test.ts compares the two.
 */
export function plainArguments(argv: readonly string[]): PlainArguments | null {
  if (argv[0] !== 'gate') return null;
  const plans: string[] = [];
  const given = new Map<string, unknown>();
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (word === '') return null;
    if (!word.startsWith('-') || word === '-') {
      plans.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const isNegated = word.startsWith('--no-');
    const name = word.slice(isNegated ? '--no-'.length : '--'.length, equals < 0 ? undefined : equals);
    const row = SHARED_OPTIONS.find((one) => one.name === name);
    if (row === undefined || !word.startsWith('--') || (isNegated && !row.negatable)) return null;
    const property = propertyOf(name);
    if (row.value === null) {
      if (equals >= 0) return null;
      given.set(property, !isNegated);
      continue;
    }
    if (equals < 0) at += 1;
    const value = equals < 0 ? argv[at] : word.slice(equals + 1);
    const before = given.get(property);
    if (value === undefined || value === '' || value.startsWith('-') || (before !== undefined && !row.repeatable)) return null;
    given.set(property, row.repeatable ? [...((before as readonly string[] | undefined) ?? []), value] : value);
  }
  return { plans, given: Object.fromEntries(given) };
}
