import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadClasses } from '../../providers/classes.ts';
import { loadCatalog } from '../../providers/index.ts';
import { InlaneError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import type { ExitCode } from '../report/report.ts';
import { ClassGuess } from './class-guess.ts';
import { type ProviderProposals, proposalsYaml } from './class-yaml.ts';
import type { CliIo } from './io.ts';
import { usage } from './options.ts';
import { isThere } from './output.ts';
import { chosenProvider, type ProviderSchema, readProviderSchemas } from './provider-schema.ts';

/**
 * `inlane catalog import SCHEMA`: proposes a class for every managed type of a provider's schema that no catalog has, as a lane
 * file on standard output, or in a new file. Throws `usage` or `io`.
 */
export async function catalogImportCommand(
  path: string,
  { provider, out }: { readonly provider?: unknown; readonly out?: unknown },
  io: CliIo,
): Promise<ExitCode> {
  if (path === '') throw usage('the name of the schema is empty', 'give a file, or `-` for standard input');
  const file = typeof out === 'string' ? out : null;
  if (file === '') throw usage('option `--out` lacks its value', 'name the file to write');
  if (file !== null && isThere(resolve(io.cwd, file)))
    throw usage(`\`${escapeText(file)}\` is there already`, 'remove it first: nothing is written over');
  const schemas = readProviderSchemas(path, io);
  const chosen = typeof provider === 'string' ? [chosenProvider(schemas, provider)] : schemas;
  const guess = new ClassGuess();
  const proposals = chosen.map((schema) => propose(schema, guess));
  const yaml = proposalsYaml(proposals, new Set(loadClasses().keys()));
  if (file === null) await io.stdout.write(yaml);
  else write(file, yaml, io);
  return 0;
}

function propose({ source, types }: ProviderSchema, guess: ClassGuess): ProviderProposals {
  const catalog = loadCatalog(source);
  const open = types.filter(({ type }) => !catalog?.managed.has(type));
  return {
    source,
    known: types.length - open.length,
    proposals: open.map(({ type, attributes }) => guess.propose(type, attributes)),
  };
}

function write(file: string, text: string, io: CliIo): void {
  try {
    writeFileSync(resolve(io.cwd, file), text, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError(
      'io',
      `\`${escapeText(file)}\` cannot be written (${code})`,
      'name a new file in a folder that is there and may be written to',
    );
  }
}
