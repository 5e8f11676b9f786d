import { escapeText } from '../report/escape.ts';
import type { Certainty, Proposal } from './class-guess.ts';

/** Proposals for the types of one provider that no catalog has; `known` = how many others a catalog has. */
export interface ProviderProposals {
  readonly source: string;
  readonly known: number;
  readonly proposals: readonly Proposal[];
}

/** `likely` lines count as they stand; the others are comments until somebody takes the `#` away. */
const ACTIVE: Certainty = 'likely';

/**
 * Proposals as a lane file with a `classes:` section (lanes.md 2), which loads as it stands. `taken`: names that classes already
 * have; of a class that has no active line, the whole is commented out, since a class without types is none.
 */
export function proposalsYaml(providers: readonly ProviderProposals[], taken: ReadonlySet<string>): string {
  const used = new Set(taken);
  const lines = [
    '# Proposed by `inlane catalog import` from names and attributes; nobody has confirmed it. Read each line: a type in the wrong',
    '# class is allowed what that class is. Lines with a # before the type are the less certain ones: take it away where they are',
    '# right. Put `classes` into your org file, or `extends` this file from it.',
    'inlane: 1',
    'level: org',
  ];
  const sections = providers.flatMap((provider) => ['', `  # ${counts(provider)}`, ...classLines(provider, used)]);
  const active = sections.some((line) => /^ {2}[^ #]/.test(line));
  return `${[...lines, active ? 'classes:' : 'classes: {}', ...sections].join('\n')}\n`;
}

function counts({ source, known, proposals }: ProviderProposals): string {
  const of = (certainty: Certainty) => proposals.filter((proposal) => proposal.certainty === certainty).length;
  const sums = `${proposals.length} types: ${of('likely')} likely, ${of('possible')} possible, ${of('guess')} guesses`;
  return `${escapeText(source)}, ${sums}${known > 0 ? `; ${known} more stand in the catalog of inlane` : ''}`;
}

function classLines({ source, proposals }: ProviderProposals, used: Set<string>): string[] {
  const byClass = new Map<string, Proposal[]>();
  const silent: string[] = [];
  for (const proposal of proposals) {
    if (proposal.class === null) silent.push(proposal.type);
    else byClass.set(proposal.class, [...(byClass.get(proposal.class) ?? []), proposal]);
  }
  const lines = [...byClass.keys()].sort().flatMap((name) => {
    const members = byClass.get(name) ?? [];
    const mark = members.some(({ certainty }) => certainty === ACTIVE) ? '' : '# ';
    return [
      `  ${mark}${className(source, members, name, used)}:`,
      `  ${mark}  is_a: ${name}`,
      `  ${mark}  types:`,
      ...members.map((member) => `  ${mark}    ${mark === '' && member.certainty !== ACTIVE ? '# ' : ''}- ${entry(member)}`),
    ];
  });
  return [...lines, ...silent.map((type) => `  # nothing speaks for any class: ${type}`)];
}

function entry({ type, certainty, like, attributes, other }: Proposal): string {
  const why = [
    ...(like === null ? [] : [`like ${like}`]),
    ...(attributes.length > 0 ? [`has ${attributes.slice(0, 4).join(', ')}`] : []),
    ...(certainty !== ACTIVE && other !== null ? [`else ${other}`] : []),
  ];
  return `${scalar(type)}  # ${certainty}${why.length > 0 ? `: ${why.map(escapeText).join('; ')}` : ''}`;
}

/** A plain scalar where YAML takes it for text whatever its version. */
function scalar(type: string): string {
  return /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(type) ? type : JSON.stringify(type);
}

/** `acme-database`, from the word that its types begin with; with source and number where that name is taken. */
function className(source: string, members: readonly Proposal[], name: string, used: Set<string>): string {
  const letters = (text: string) => {
    const plain = text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
    return /^[A-Za-z]/.test(plain) ? plain : `p-${plain}`;
  };
  const short = letters(`${members[0]?.type.split('_')[0] ?? ''}-${name}`);
  const long = letters(`${source}-${name}`);
  let chosen = short;
  for (let count = 1; used.has(chosen); count += 1) chosen = count === 1 ? long : `${long}-${count}`;
  used.add(chosen);
  return chosen;
}
