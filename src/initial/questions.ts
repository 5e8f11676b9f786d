import { parseWho } from '../lanes/principal.ts';
import type { Answers, Surroundings } from './answers.ts';
import type { ProposedEnvironment } from './environment.ts';
import { ENVIRONMENTS, environmentOf } from './words.ts';

/** One question on a terminal. Questions are asked in order; each is answered with one line, an empty one takes what stands by itself. */
export interface Question {
  readonly id: 'developers' | 'approvers' | 'environment' | 'alone' | 'accounts' | 'agents';
  readonly text: string;
  /** What an empty line means, as it is shown. */
  readonly default: string;
  /** The answers with this one in them; a string says what is wrong with it. */
  readonly take: (line: string, answers: Answers) => Answers | string;
}

/** Ids that stand where nobody gave one. */
export const PLACEHOLDERS: { readonly developer: string; readonly approvers: readonly string[] } = {
  developer: 'developer-1',
  approvers: ['approver-1', 'approver-2'],
};

/** What stands in for answers that nobody gave. `user`: who runs this, as the system calls them; null = not known. */
export function defaultAnswers(user: string | null, { owners }: Surroundings): Answers {
  const own = user !== null && faultOf(user) === null ? user : null;
  const approvers = owners.filter((owner) => owner !== own && faultOf(owner) === null);
  return withPlaceholders({
    developers: own === null ? [] : [own],
    approvers,
    placeholders: [],
    environment: null,
    alone: null,
    accountsConfirmed: false,
    agents: false,
  });
}

/** Fills teams that nobody is in, and says which ids are nobody's. */
export function withPlaceholders(answers: Answers): Answers {
  const { developer, approvers } = PLACEHOLDERS;
  const developers = answers.developers.length === 0 ? [developer] : answers.developers;
  const approving = answers.approvers.length === 0 ? approvers : answers.approvers;
  const placeholders = [developer, ...approvers].filter((id) => developers.includes(id) || approving.includes(id));
  return { ...answers, developers, approvers: approving, placeholders };
}

/** At most five: who develops, who approves, and what the plans leave open. `given` = what options have answered already. */
export function questionsFor(
  environment: ProposedEnvironment | null,
  around: Surroundings,
  answers: Answers,
  given: ReadonlySet<Question['id']>,
): readonly Question[] {
  const shown = (ids: readonly string[]) => ids.filter((id) => !answers.placeholders.includes(id)).join(', ') || 'nobody yet';
  const all: (Question | null)[] = [
    {
      id: 'developers',
      text: 'Who develops? Ids as `--as` will say them, separated by commas',
      default: shown(answers.developers),
      take: (line, so) => ids(line, (developers) => ({ ...so, developers })),
    },
    {
      id: 'approvers',
      text: 'Who approves changes of production?',
      default: shown(answers.approvers),
      take: (line, so) => ids(line, (approvers) => ({ ...so, approvers })),
    },
    environment === null ? whichEnvironment(around) : whereAlone(environment),
    environment !== null && environment.unconfirmed.size > 0 ? accounts(environment) : null,
    {
      id: 'agents',
      text: 'May AI agents change what developers may, where it is no production?',
      default: 'no',
      take: (line, so) => yesOrNo(line, (agents) => ({ ...so, agents })),
    },
  ];
  return all.filter((question) => question !== null).filter(({ id }) => !given.has(id));
}

function whichEnvironment({ stack }: Surroundings): Question | null {
  const place = stack === null || stack === '' ? 'the accounts that they name' : `\`${stack}\``;
  return {
    id: 'environment',
    text: `Nothing says which environment these plans are for. Which is it? It is kept for ${place}`,
    default: 'not known: everything counts as production',
    take: (line, so) => environmentAnswer(line, so),
  };
}

/** Takes the name of an environment in any of its usual spellings. */
export function environmentAnswer(line: string, answers: Answers): Answers | string {
  const environment = environmentOf(line);
  if (environment !== null) return { ...answers, environment };
  return `say one of ${ENVIRONMENTS.map(({ name }) => name).join(', ')}`;
}

function whereAlone(environment: ProposedEnvironment): Question {
  const names = environment.attribute.values?.map(({ name }) => name) ?? [];
  return {
    id: 'alone',
    text: `In which environments may developers do without an approval? (${names.join(', ')})`,
    default: environment.known.join(', ') || 'none',
    take: (line, so) => aloneAnswer(line, so, names),
  };
}

/** Takes names of declared environments, `none` for none of them. Production is not among them: it is what approvals are for. */
export function aloneAnswer(line: string, answers: Answers, names: readonly string[]): Answers | string {
  const chosen = line === 'none' ? [] : parts(line);
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) return `\`${unknown}\` is none of ${names.join(', ')}`;
  if (chosen.includes('production')) return 'production is where approvals are asked for: name others, or `none`';
  return { ...answers, alone: chosen };
}

function accounts({ unconfirmed }: ProposedEnvironment): Question {
  const told = [...unconfirmed].slice(0, 5).map(([account, environment]) => `${account} nothing but ${environment}`);
  const more = unconfirmed.size > 5 ? ` and ${unconfirmed.size - 5} more` : '';
  return {
    id: 'accounts',
    text: `Is it so that these hold: ${told.join(', ')}${more}?`,
    default: 'no',
    take: (line, so) => yesOrNo(line, (accountsConfirmed) => ({ ...so, accountsConfirmed })),
  };
}

function yesOrNo(line: string, take: (yes: boolean) => Answers): Answers | string {
  if (/^y(es)?$/i.test(line)) return take(true);
  if (/^no?$/i.test(line)) return take(false);
  return 'say yes or no';
}

function ids(line: string, take: (ids: readonly string[]) => Answers): Answers | string {
  const given = parts(line);
  const fault = given.map((id) => faultOf(id)).find((one) => one !== null);
  return fault ?? take([...new Set(given)]);
}

/** Why an id cannot be a person's, or null. */
export function faultOf(id: string): string | null {
  const { kind, fault } = parseWho(id);
  if (fault !== null) return `${fault.message}; ${fault.hint}`;
  if (kind !== 'bare') return `\`${id}\` is no person: agents are asked about later`;
  return id === 'anonymous' ? '`anonymous` is nobody in particular' : null;
}

function parts(line: string): string[] {
  return line
    .split(',')
    .map((part) => part.trim().replace(/^@/, ''))
    .filter((part) => part !== '');
}
