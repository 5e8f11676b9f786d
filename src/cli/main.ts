import type { ExitCode } from '../report/report.ts';
import { TOOL } from '../report/tool.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { variableOf } from './options.ts';
import { plainArguments } from './plain-arguments.ts';

/** The command line programme: arguments without `node` and the script. Never throws; what goes wrong is exit code 2. */
export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    // Commander would print the same, once it is loaded and knows every command.
    if (argv.length === 1 && argv[0] === '--version') {
      await io.stdout.write(`${TOOL.version}\n`);
      return 0;
    }
    const plain = plainArguments(argv);
    if (plain !== null) return await (await import('./gate.ts')).gateCommand(plain.plans, plain.given, io);
    return await (await import('./program.ts')).runProgram(argv, io);
  } catch (error) {
    return fail(error, argv, io);
  }
}

/** Standard error says it in one line; who asked for JSON on standard output gets an object there. */
async function fail(error: unknown, argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    const reason = await asInlaneError(error, io);
    const { undecidedReport } = await import('../report/build.ts');
    const { diagnosticsText } = await import('../report/formats/diagnostics.ts');
    const report = undecidedReport(reason);
    await io.stderr.write(diagnosticsText([report], ['error']));
    if (wantsJson(argv, io)) {
      const { json } = await import('../report/formats/json.ts');
      const how = { view: 'plan', colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: false } as const;
      for (const piece of json(report, how)) await io.stdout.write(piece);
    }
  } catch {
    // Neither stream takes any text: the exit code is all that is left.
  }
  return 2;
}

/** Read by hand: the arguments may be what is wrong. */
function wantsJson(argv: readonly string[], io: CliIo): boolean {
  const given = argv.flatMap((word, index) =>
    word === '--format' ? [argv[index + 1] ?? ''] : word.startsWith('--format=') ? [word.slice('--format='.length)] : [],
  );
  return (given.length > 0 ? given : (io.env[variableOf('format')] ?? '').split(',')).some((name) => name.trim() === 'json');
}
