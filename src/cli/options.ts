import type { Command, Option } from 'commander';
import { InlaneError } from '../errors.ts';
import { parseInstant } from '../logic/matcher.ts';
import { escapeText } from '../report/escape.ts';
import { FORMATS, type FormatTable, linesFor } from '../report/formats.ts';
import type { GateOptions } from '../report/options.ts';
import type { CliIo } from './io.ts';

export interface OptionRow {
  /** Without the dashes. */
  readonly name: string;
  /** `NAME` of its value; null for a flag. */
  readonly value: string | null;
  readonly repeatable?: boolean;
  /** A flag that also has a `--no-` form. */
  readonly negatable?: boolean;
  readonly summary: string;
  /** What its value may be, or begin with, where that is a closed list. */
  readonly words?: readonly string[];
}

/** Options that `gate` and `explain` share (report.md). Each has an environment variable; several values there are separated by commas. */
export const SHARED_OPTIONS: readonly OptionRow[] = [
  { name: 'as', value: 'WHO', summary: 'who acts: dana, agent:NAME or ci:NAME' },
  { name: 'for', value: 'WHO', summary: 'the person acted for; the stricter result stands' },
  { name: 'lanes', value: 'FILE', repeatable: true, summary: 'lane file, instead of discovery' },
  { name: 'stack', value: 'DIR', summary: 'where to look for lane files and configuration from (default: here)' },
  { name: 'rules-from', value: 'GITREF', summary: 'read the rules from this commit' },
  { name: 'trust-worktree', value: null, summary: 'read the rules from the working tree in a pull request too' },
  { name: 'workspace', value: 'NAME', summary: 'workspace the plan was made in' },
  { name: 'account', value: '[PROVIDER=]ID', repeatable: true, summary: 'account, project or subscription id' },
  { name: 'repository', value: 'NAME', summary: 'repository the plan belongs to' },
  { name: 'ref', value: 'REF', summary: 'branch or tag the plan was made from' },
  { name: 'event', value: 'NAME', summary: 'what started the run' },
  { name: 'now', value: 'INSTANT', summary: 'decide as of this time: 2026-11-20T08:00:00Z' },
  formatOption(FORMATS),
  { name: 'observe', value: null, summary: 'report the same, but exit 0 (never hides a 2)' },
  { name: 'changed-only', value: null, negatable: true, summary: 'leave out what does nothing (default in text)' },
  {
    name: 'source',
    value: null,
    negatable: true,
    summary: 'look at the configuration of the stack for lines, and for tags that the plan hides (default)',
  },
  { name: 'quiet', value: null, summary: 'text: the first line only; no warnings' },
];

export function variableOf(name: string): string {
  return `INLANE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The output formats of a command. */
export function formatOption(table: FormatTable<unknown>): OptionRow {
  const words = [...table.keys()];
  return { name: 'format', value: 'NAME[=FILE]', repeatable: true, summary: `${words.join(', ')} (default: text)`, words };
}

const WORDS = new WeakMap<Option, readonly string[]>();

/** What the value of an option may be, as its row says; null = it is open. */
export function wordsOf(option: Option): readonly string[] | null {
  return WORDS.get(option) ?? null;
}

export function addOptions(command: Command, rows: readonly OptionRow[]): Command {
  for (const { name, value, repeatable, negatable, summary, words } of rows) {
    const help = `${summary} [${variableOf(name)}]`;
    if (value === null) {
      command.option(`--${name}`, help);
      if (negatable) command.option(`--no-${name}`, `the opposite of --${name}`);
    } else if (repeatable) {
      command.option(`--${name} <${value}>`, `${help}, repeatable`, (given: string, before: readonly string[] | undefined) => [
        ...(before ?? []),
        checkedValue(name, given, command),
      ]);
    } else {
      command.option(`--${name} <${value}>`, help, (given: string, before: string | undefined) => {
        if (before !== undefined) throw usage(`option \`--${name}\` is given twice`, 'give it once');
        return checkedValue(name, given, command);
      });
    }
    const option = command.options.at(-1);
    if (words !== undefined && option !== undefined) WORDS.set(option, words);
  }
  return command;
}

/** An option of the command line, as it stands or as its variable says it. */
export interface CommonOptions {
  readonly gate: Omit<GateOptions, 'plans'>;
  readonly formats: readonly string[];
  readonly quiet: boolean;
  readonly changedOnly: boolean | null;
}

/** What was given for an option, by the command line or by its variable; the command line outweighs. */
export interface Given {
  one(name: string): string | undefined;
  many(name: string): readonly string[] | undefined;
  flag(name: string): boolean | undefined;
  /** By the command line alone. */
  option(name: string): string | undefined;
  /** An instant in milliseconds since the epoch. */
  instant(name: string): number | undefined;
  /** How an error names where a value came from. */
  nameOf(name: string): string;
}

/** Options and variables together. Its functions throw `usage`. */
export function givenOptions(given: Readonly<Record<string, unknown>>, io: Pick<CliIo, 'env'>): Given {
  const reader: Given = {
    one: (name) => reader.option(name) ?? fromVariable(name, io),
    many: (name) => {
      const value = given[propertyOf(name)];
      if (Array.isArray(value)) return value as readonly string[];
      const parts = fromVariable(name, io)
        ?.split(',')
        .map((part) => part.trim());
      if (parts?.includes('')) throw usage(`\`${variableOf(name)}\` has an empty entry`, 'separate its entries by single commas');
      return parts;
    },
    flag: (name) => {
      const value = given[propertyOf(name)];
      return typeof value === 'boolean' ? value : flagFromVariable(name, io);
    },
    option: (name) => {
      const value = given[propertyOf(name)];
      return typeof value === 'string' ? value : undefined;
    },
    instant: (name) => {
      const text = reader.one(name);
      return text === undefined ? undefined : instantOf(reader.nameOf(name), text);
    },
    nameOf: (name) => (given[propertyOf(name)] === undefined ? variableOf(name) : `--${name}`),
  };
  return reader;
}

/** What `gate` and `explain` were given. Throws `usage`. */
export function readOptions(words: Readonly<Record<string, unknown>>, io: CliIo): CommonOptions {
  const { one, many, flag, option, instant, nameOf } = givenOptions(words, io);
  const formats = many('format') ?? ['text'];
  const gate = {
    // The plan flow reads their variables itself, and names them in its errors.
    as: option('as'),
    for: option('for'),
    lanes: many('lanes'),
    stack: one('stack'),
    rulesFrom: one('rules-from'),
    trustWorktree: flag('trust-worktree'),
    workspace: one('workspace'),
    accounts: many('account')?.map((text) => checkedAccount(nameOf('account'), text)),
    repository: one('repository'),
    ref: one('ref'),
    event: one('event'),
    now: instant('now'),
    observe: flag('observe'),
    source: flag('source'),
    lines: linesFor(formats),
  };
  return {
    gate: { ...withoutUndefined(gate), cwd: io.cwd, env: io.env, stdin: io.stdin },
    formats,
    quiet: flag('quiet') ?? false,
    changedOnly: flag('changed-only') ?? null,
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** The name under which commander keeps an option: `rules-from` as `rulesFrom`. */
export function propertyOf(name: string): string {
  return name.includes('-') ? name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) : name;
}

/** An empty variable is an unset one: pipelines pass what they have not got as nothing. */
function fromVariable(name: string, io: Pick<CliIo, 'env'>): string | undefined {
  return io.env[variableOf(name)] || undefined;
}

function flagFromVariable(name: string, io: Pick<CliIo, 'env'>): boolean | undefined {
  const value = fromVariable(name, io);
  if (value === undefined) return undefined;
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw usage(`\`${variableOf(name)}\` is \`${escapeText(value)}\``, 'set it to 1 (true) or 0 (false)');
}

/** `--as --observe` is a forgotten value, not somebody called `--observe`. */
function checkedValue(name: string, value: string, command: Command): string {
  if (value === '' || value.startsWith('--'))
    throw usage(`option \`--${name}\` lacks its value`, `see \`${pathOf(command)} --help\``);
  return value;
}

/** `inlane lanes check`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function checkedAccount(name: string, text: string): string {
  const parts = text.split('=');
  const shown = `\`${name} ${escapeText(text)}\``;
  if (parts.includes('')) throw usage(`${shown} lacks a provider or an id`, 'write `--account ID` or `--account PROVIDER=ID`');
  if (parts.length > 2 || /\s/.test(text))
    throw usage(`${shown} is no account`, 'write `--account ID` or `--account PROVIDER=ID`');
  return text;
}

const RFC_3339 = /^(\d{4}-\d{2}-(\d{2}))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since the epoch. The day must exist: `Date.parse` takes 30 February for 2 March. */
function instantOf(name: string, text: string): number {
  const [, date, day] = RFC_3339.exec(text) ?? [];
  const time = date === undefined ? null : parseInstant(text);
  // Spelling a date would look up where this machine stands.
  if (time === null || new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) {
    throw usage(
      `\`${name} ${escapeText(text)}\` is no instant`,
      'write RFC 3339 with its zone: 2026-11-20T08:00:00Z or 2026-11-20T09:00:00+01:00',
    );
  }
  return time;
}

export function usage(message: string, hint: string): InlaneError {
  return new InlaneError('usage', message, hint);
}
