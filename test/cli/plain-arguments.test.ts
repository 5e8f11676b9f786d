import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyCommand, programOf } from '../../src/cli/commands.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { SHARED_OPTIONS } from '../../src/cli/options.ts';
import { plainArguments } from '../../src/cli/plain-arguments.ts';

/** What commander reads in the arguments of a `gate`; what it throws where it takes offence. */
async function commanders(argv: readonly string[]): Promise<unknown> {
  const program = await programOf('gate', {} as CliIo, () => {});
  const quiet = { writeOut: () => {}, writeErr: () => {}, outputError: () => {} };
  let read: unknown = null;
  for (const command of everyCommand(program)) {
    command.configureOutput(quiet).exitOverride();
    if (command.name() === 'gate')
      command.action((plans: string[], given: object) => {
        read = { plans, given: { ...given } };
      });
  }
  await program.parseAsync([...argv], { from: 'user' });
  return read;
}

describe('arguments without commander', () => {
  it.each([
    [['gate', 'plan.json'], ['plan.json'], {}],
    [['gate', '-', '--as', 'agent:x', 'b.json', '--quiet'], ['-', 'b.json'], { as: 'agent:x', quiet: true }],
    [['gate', '--lanes', 'a', '--lanes', 'b', '--rules-from', 'main', 'p'], ['p'], { lanes: ['a', 'b'], rulesFrom: 'main' }],
    [['gate', 'p', '--no-source', '--changed-only', '--no-changed-only'], ['p'], { source: false, changedOnly: false }],
    [['gate', '--as=dana', '--lanes=a', 'p', '--account=aws=1'], ['p'], { as: 'dana', lanes: ['a'], account: ['aws=1'] }],
    [['gate'], [], {}],
  ])('%j', async (argv, plans, given) => {
    expect(plainArguments(argv)).toEqual({ plans, given });
    expect(await commanders(argv)).toEqual({ plans, given });
  });

  it.each([
    [[]],
    [['explain', 'a.b']],
    [['gates', 'p']],
    [['--version']],
    [['gate', '--help']],
    [['gate', '-h']],
    [['gate', '']],
    [['gate', 'p', '--']],
    [['gate', 'p', '--as']],
    [['gate', 'p', '--as', '']],
    [['gate', 'p', '--as', '--quiet']],
    [['gate', 'p', '--as', '-']],
    [['gate', 'p', '--as=']],
    [['gate', 'p', '--as=--quiet']],
    [['gate', 'p', '--quiet=1']],
    [['gate', 'p', '--no-quiet=1']],
    [['gate', 'p', '--=a']],
    [['gate', 'p', '--as', 'a', '--as', 'a']],
    [['gate', 'p', '--no-as', 'a']],
    [['gate', 'p', '--no-quiet']],
    [['gate', 'p', '--constructor', 'a']],
    [['gate', 'p', '--lane', 'a']],
    [['gate', 'p', '-as', 'a']],
    [['gate', 'p', 'as', '--toString']],
  ])('leaves %j to commander', (argv) => expect(plainArguments(argv)).toBe(null));

  it('are what commander reads in them, or nothing', async () => {
    const options = SHARED_OPTIONS.flatMap(({ name }) => [`--${name}`, `--no-${name}`, `--${name}=x`]);
    const word = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...options) },
      { weight: 6, arbitrary: fc.constantFrom('plan.json', '-', 'dana', 'a=b', 'help', 'gate', 'no-source', 'now') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('', '--', '--as=', '--as=-', '-a', '---as', '--no-', '--help', '--version', '-1', '__proto__'),
      },
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (words) => {
        const read = plainArguments(['gate', ...words]);
        if (read === null) return;
        taken += 1;
        expect(await commanders(['gate', ...words])).toEqual(read);
      }),
      { numRuns: 2000, seed: 4 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});
