import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Answers, Surroundings } from '../initial/answers.ts';
import type { proposeEnvironment } from '../initial/environment.ts';
import type { Evidence } from '../initial/evidence.ts';
import {
  aloneAnswer,
  defaultAnswers,
  environmentAnswer,
  faultOf,
  type Question,
  questionsFor,
  withPlaceholders,
} from '../initial/questions.ts';
import type { InitiateOptions } from '../initiate.ts';
import { escapeText } from '../report/escape.ts';
import { INITIAL_FORMATS } from '../report/initial/formats.ts';
import { undecidedInitial } from '../report/initial/proposed.ts';
import type { ExitCode } from '../report/report.ts';
import { planFiles } from '../surroundings/repository.ts';
import { analysed, told } from './analysed.ts';
import { ClassGuess } from './class-guess.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, type Given, givenOptions, type OptionRow, usage } from './options.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

const OPTIONS: readonly OptionRow[] = [
  { name: 'yes', value: null, summary: 'ask nothing: take what is proposed' },
  { name: 'developers', value: 'ID', repeatable: true, summary: 'who develops (default: who runs this)' },
  { name: 'approvers', value: 'ID', repeatable: true, summary: 'who approves (default: those whom CODEOWNERS names)' },
  { name: 'environment', value: 'NAME', summary: 'what the plans are for, where nothing in them says so' },
  { name: 'alone', value: 'NAME', repeatable: true, summary: 'environments in which developers need no approval, or none' },
  { name: 'accounts-hold', value: null, summary: 'accounts hold nothing but the environment that these plans show in them' },
  { name: 'agents', value: null, summary: 'AI agents may do what developers may, where it is no production' },
  { name: 'stack', value: 'DIR', summary: 'directory that the plans belong to (default: here)' },
  { name: 'workspace', value: 'NAME', summary: 'workspace the plans were made in' },
  { name: 'out', value: 'FILE', summary: "where to write (default: inlane.yaml at the repository's root)" },
  { name: 'dry-run', value: null, summary: 'print the file and write nothing' },
];

/** Adds `inlane init` to the programme. */
export function addInit(program: Command, io: CliIo, finish: Finish): void {
  addOptions(program.command('init [PLAN...]'), [...OPTIONS, formatOption(INITIAL_FORMATS)])
    .summary('propose a lane file from your own plans')
    .description(
      'Writes a lane file that fits your plans: attributes with the tags, variables, accounts and folders that tell them, lanes, guards, tests. PLAN is `show -json` output or a saved plan file; without one, those in the directory of the stack. Asks at most five questions on a terminal. Nothing is written over.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 written, 2 could not.\n\nExample:\n  terraform show -json tfplan > plan.json\n  inlane init plan.json\n  inlane init plan.json --yes --developers dana --approvers sam --approvers noor',
    )
    .action(async (plans: string[], given: Words) => finish(await init(plans, given, io)));
}

async function init(plans: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  return analysed(words, INITIAL_FORMATS, io, {
    run: async () => {
      const flow = await import('../initiate.ts');
      const stack = given.one('stack');
      const options: InitiateOptions = {
        plans: plans.length > 0 ? plans : plansOf(stack ?? '.', io),
        stack,
        workspace: given.one('workspace'),
        out: given.one('out'),
        dryRun: given.flag('dry-run') ?? false,
        cwd: io.cwd,
        env: io.env,
        stdin: io.stdin,
        guess: guesser(),
        answer: (evidence, around) => answered(evidence, around, given, io, flow.proposeEnvironment),
      };
      return told(await flow.initiate(options));
    },
    undecided: (diagnostics) => told(undecidedInitial(diagnostics)),
  });
}

/** Plans that stand where the stack does. Throws `usage` where there are none. */
function plansOf(stack: string, io: CliIo): readonly string[] {
  const found = planFiles(resolve(io.cwd, stack)).map((name) => join(stack, name));
  if (found.length > 0) return found;
  throw usage(
    `no plan is given, and none stands in \`${escapeText(stack)}\``,
    'make one with `terraform plan -out=tfplan` and `terraform show -json tfplan > plan.json`, then `inlane init plan.json`',
  );
}

function guesser(): InitiateOptions['guess'] {
  let guess: ClassGuess | null = null;
  return (type) => {
    guess ??= new ClassGuess();
    const { class: own, certainty, like } = guess.propose(type, []);
    return own === null ? null : { class: own, certainty, like };
  };
}

/** Options first; then, on a terminal and without --yes, at most five questions; else what stands by itself. */
async function answered(
  evidence: Evidence,
  around: Surroundings,
  given: Given,
  io: CliIo,
  propose: typeof proposeEnvironment,
): Promise<Answers> {
  let answers = fromOptions(
    given,
    around,
    io,
    (so) => propose(evidence, around, so)?.attribute.values?.map(({ name }) => name) ?? [],
  );
  const asked = io.ask;
  if ((given.flag('yes') ?? false) || !asked) return answers;
  const settled = new Set(SETTLED.filter(([name]) => isGiven(given, name)).map(([, id]) => id));
  for (const { text, default: standing, take } of questionsFor(propose(evidence, around, answers), around, answers, settled)) {
    answers = await askedUntil(`${escapeText(text)} [${escapeText(standing)}] `, take, answers, asked);
  }
  return withPlaceholders(answers);
}

/** An empty line, or the end of input, takes what stands. */
async function askedUntil(
  question: string,
  take: Question['take'],
  answers: Answers,
  ask: NonNullable<CliIo['ask']>,
): Promise<Answers> {
  let prompt = question;
  for (;;) {
    const line = (await ask(prompt))?.trim() ?? '';
    if (line === '') return answers;
    const taken = take(line, answers);
    if (typeof taken !== 'string') return taken;
    prompt = `${escapeText(taken)}\n${question}`;
  }
}

const SETTLED: readonly (readonly [option: string, id: Question['id']])[] = [
  ['developers', 'developers'],
  ['approvers', 'approvers'],
  ['environment', 'environment'],
  ['alone', 'alone'],
  ['accounts-hold', 'accounts'],
  ['agents', 'agents'],
];

function isGiven(given: Given, name: string): boolean {
  return FLAGS.has(name) ? given.flag(name) !== undefined : given.many(name) !== undefined || given.one(name) !== undefined;
}

const FLAGS: ReadonlySet<string> = new Set(['accounts-hold', 'agents']);

/** Throws `usage` for what is no id, or no environment. */
function fromOptions(given: Given, around: Surroundings, io: CliIo, environments: (so: Answers) => readonly string[]): Answers {
  const ids = (name: string, standing: readonly string[]) => {
    const all = given.many(name);
    const fault = all?.map(faultOf).find((one) => one !== null);
    if (fault) throw usage(`${given.nameOf(name)}: ${escapeText(fault)}`, 'write it as `--as` will say it');
    return all === undefined ? standing : [...new Set(all)];
  };
  const standing = defaultAnswers(io.env.INLANE_AS || io.env.USER || io.env.USERNAME || null, around);
  const people = withPlaceholders({
    ...standing,
    developers: ids('developers', standing.developers),
    approvers: ids('approvers', standing.approvers),
    accountsConfirmed: given.flag('accounts-hold') ?? false,
    agents: given.flag('agents') ?? false,
  });
  const settle = (name: string, taken: Answers | string) => {
    if (typeof taken === 'string') throw usage(`${given.nameOf(name)}: ${taken}`, '`inlane init --help` shows an example');
    return taken;
  };
  const environment = given.one('environment');
  const so = environment === undefined ? people : settle('environment', environmentAnswer(environment, people));
  const alone = given.many('alone');
  return alone === undefined ? so : settle('alone', aloneAnswer(alone.join(','), so, environments(so)));
}
