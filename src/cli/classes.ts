import { nearMiss, suggest } from '../lanes/nearest.ts';
import { quoted } from '../lanes/problems.ts';
import { escapeJson, escapeText } from '../report/escape.ts';
import type { ExitCode } from '../report/report.ts';
import { type ClassesPage, classPage, knownNames, tablePage, typePage } from './class-pages.ts';
import { classesText } from './class-text.ts';
import type { CliIo } from './io.ts';
import { usage, variableOf } from './options.ts';
import { textWidth, wantsColour } from './output.ts';

/** Formats of a command that prints a page and no report. */
export const PAGE_FORMATS = ['text', 'json'] as const;

/** `inlane classes [TYPE|CLASS]`. Throws `usage` for a name that is neither, with the nearest known ones. */
export async function classesCommand(name: string | undefined, given: { format?: unknown }, io: CliIo): Promise<ExitCode> {
  const format = pageFormat(given.format, io);
  const page = name === undefined ? tablePage() : pageOf(name);
  await io.stdout.write(
    format === 'json' ? `${escapeJson(JSON.stringify(page, null, 2))}\n` : classesText(page, textWidth(io), wantsColour(io)),
  );
  return 0;
}

function pageOf(name: string): ClassesPage {
  const page = classPage(name) ?? typePage(name);
  if (page) return page;
  const near = suggest(name.replace(/^(data|action)\./, ''), knownNames()) ?? '';
  throw usage(
    `${quoted(name)} is neither a class nor a type of any catalog`,
    `${near}${near.endsWith('?') ? ' ' : '; '}\`inlane classes\` lists the classes, \`inlane catalog import\` proposes some for the types of another provider`,
  );
}

/** The option, else its variable, else text. Throws `usage` with the nearest known name. */
function pageFormat(option: unknown, io: CliIo): (typeof PAGE_FORMATS)[number] {
  const name = typeof option === 'string' ? option : io.env[variableOf('format')] || 'text';
  const known = PAGE_FORMATS.find((one) => one === name);
  if (known) return known;
  const close = nearMiss(name, PAGE_FORMATS);
  throw usage(
    `unknown format \`${escapeText(name)}\``,
    `${close === null ? '' : `did you mean \`${close}\`? `}the formats are ${PAGE_FORMATS.join(', ')}`,
  );
}
