import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type {
  Proposal,
  ProposedAttribute,
  ProposedClass,
  ProposedLane,
  ProposedPrincipals,
  ProposedRule,
  ProposedSource,
  ProposedTest,
  Written,
  WrittenValue,
} from '../../initial/proposal.ts';
import { CHANGE } from '../../initial/rules.ts';
import { escapeText } from '../escape.ts';
import { scalar } from '../grant.ts';

/** Columns that comments and one-line entries keep to where words allow. */
const WIDTH = 118;
/** One source stays on one line up to so many. */
const LONGEST_SOURCE = 180;
const LAYOUT = { lineWidth: 0, flowCollectionPadding: false } as const;

/** A proposal as the text of a lane file. Every text is quoted where YAML could take it for anything else; comments are one line each. */
export function laneFileText(proposal: Proposal, from: string): string {
  const { attributes, classes, mirrors, lanes, guards, never, principals, tests, notes } = proposal;
  const root = block();
  root.add(new Pair(text('inlane'), new Scalar(1)));
  root.add(new Pair(text('level'), text('org')));
  const section = (name: string, value: Node, comments: readonly string[] = []) => {
    const key = text(name);
    key.spaceBefore = true;
    comment(key, comments);
    root.add(new Pair(key, value));
  };
  if (attributes.length > 0) section('attributes', mapOf(attributes.map((one) => [one.name, attributeNode(one), one.comments])));
  section('operations', mapOf([['change', list(CHANGE), []]]), ['Everything that changes something.']);
  section('lanes', mapOf(lanes.map((lane) => [lane.name, laneNode(lane), lane.comments])), [
    'Who may do what. What no lane allows is denied.',
  ]);
  section('guards', rules(guards), ['What no lane lifts: denials, and approvals that are asked for.']);
  section('principals', principalsNode(principals), ['Who is who.']);
  section('never', rules(never), ['What must hold whatever is added later; `inlane lanes check` proves it.']);
  section('tests', entries(tests.map(testNode)), ['One change each; `inlane lanes check` runs them.']);
  const document = new Document(root, { version: '1.2' });
  document.commentBefore = commentText([
    `Proposed by \`inlane init\` from ${from}; nobody has confirmed it.`,
    'Read it, change it, commit it. `inlane lanes check` tests it, `inlane lanes show` tells it in English.',
    ...notes,
  ]);
  const open = [...mirrors.map(mirrorText), ...(classes.length > 0 ? [classesText(classes)] : [])];
  return [`${document.toString(LAYOUT)}`, ...open].join('\n');
}

function attributeNode({ values, from, tag, required }: ProposedAttribute): YAMLMap {
  const map = block();
  map.add(
    new Pair(
      text('values'),
      values === null ? text('any') : flow(values.map(({ name, aliases }) => [name, list(aliases)] as const)),
    ),
  );
  const active = from.filter((source) => source.active);
  const sources = entries(active.map(sourceNode));
  const idle = from.filter((source) => !source.active).flatMap((source) => [...source.comments, ...idleText(source)]);
  if (idle.length > 0) sources.comment = commentText(idle);
  map.add(new Pair(text('from'), sources));
  if (tag !== null)
    map.add(new Pair(text('tag'), typeof tag === 'string' ? text(tag) : flow([...tag].map(([k, v]) => [k, text(v)]))));
  if (required !== null) {
    const key = text('required');
    comment(key, required.comments);
    map.add(new Pair(key, required.enforce ? new Scalar(true) : flow([['enforce', text('observe')]])));
  }
  return map;
}

function sourceNode({ from, name, map, comments }: ProposedSource): YAMLMap {
  const lines = map === null ? null : flow([...map].map(([glob, value]) => [glob, text(value)]));
  const value = lines === null ? text(name ?? '') : name === null ? lines : flow([[name, lines]]);
  const node = flow([[from, value]]);
  // A list of many folders is read line by line.
  if (new Document(node).toString(LAYOUT).length > LONGEST_SOURCE) {
    node.flow = false;
    if (name === null && lines !== null) lines.flow = false;
  }
  comment(node, comments);
  return node;
}

/** A source that is not active, as the lines it would have. */
function idleText(source: ProposedSource): string[] {
  return new Document(entries([sourceNode({ ...source, comments: [] })])).toString(LAYOUT).trimEnd().split('\n');
}

function laneNode({ summary, who, may }: ProposedLane): YAMLMap {
  const map = block();
  map.add(new Pair(text('summary'), text(summary)));
  map.add(new Pair(text('who'), written(who)));
  map.add(new Pair(text('may'), entries(may.map(ruleNode))));
  return map;
}

function rules(all: readonly ProposedRule[]): YAMLSeq {
  return entries(
    all.map(({ rule, comments }) => {
      const node = ruleNode(rule);
      comment(node, comments);
      return node;
    }),
  );
}

/** On one line where that stays short, else one key a line. */
function ruleNode(rule: Written): YAMLMap {
  const node = written(rule) as YAMLMap;
  if (new Document(node).toString(LAYOUT).length > WIDTH - 6) node.flow = false;
  return node;
}

function testNode(test: ProposedTest): YAMLMap {
  const { summary, with: facts, expect } = test;
  const parts: (readonly [string, Node])[] = [
    ['as', text(test.as)],
    ['do', text(test.do)],
    ['type', text(test.type)],
    ...(Object.keys(facts).length > 0 ? [['with', written(facts)] as const] : []),
    ['expect', text(expect)],
    ['summary', text(summary)],
  ];
  return flow(parts);
}

function principalsNode({ teams, agents, comments }: ProposedPrincipals): YAMLMap {
  const members = mapOf([...teams].map(([team, ids]) => [team, list(ids), []]));
  const known = mapOf([...agents].map(([agent, owner]) => [agent, flow([['owner', text(owner)]]), []]));
  return mapOf([['teams', members, comments], ...(agents.size === 0 ? [] : [['agents', known, []] as const])]);
}

function mirrorText({ source, of }: Proposal['mirrors'][number]): string {
  return `${commentLines([
    `${source} is in no catalog. If it is a mirror, take the # away and its types are known:`,
    'providers:',
    `  ${JSON.stringify(escapeText(source))}: ${of}`,
  ])}\n`;
}

/** Classes to be confirmed: all of it a comment, so that a wrong guess grants nothing. */
function classesText(classes: readonly ProposedClass[]): string {
  const lines = classes.flatMap(({ name, isA, types, comments }) => [
    ...comments.map((line) => `  # ${line}`),
    `  ${scalar(name)}: {${isA === null ? '' : `is_a: ${scalar(isA)}, `}types: [${types.map((type) => scalar(escapeText(type))).join(', ')}]}`,
  ]);
  const lead = [
    'Types that no catalog knows are denied. These are guesses by name: read each line, take the # away where it is right.',
    'classes:',
  ];
  return `${commentLines([...lead, ...lines])}\n`;
}

function commentLines(lines: readonly string[]): string {
  return lines.map((line) => `# ${escapeText(line)}`).join('\n');
}

function comment(node: Node, lines: readonly string[]): void {
  if (lines.length > 0) node.commentBefore = commentText(lines);
}

/** Lines for a comment, each escaped and wrapped at blanks. */
function commentText(lines: readonly string[]): string {
  return lines
    .flatMap((line) => wrapped(escapeText(line)))
    .map((line) => ` ${line}`)
    .join('\n');
}

function wrapped(line: string): string[] {
  if (line.startsWith('- ')) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + word.length + 1 > WIDTH - 8) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Plain where YAML 1.2 and lane files read a plain word as that text, quoted otherwise. */
function text(value: string): Scalar {
  const node = new Scalar(value);
  node.type = scalar(value) === value ? 'PLAIN' : 'QUOTE_DOUBLE';
  return node;
}

function written(value: WrittenValue): Node {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object') return new Scalar(value);
  if (Array.isArray(value)) return list(value as readonly WrittenValue[]);
  return flow(Object.entries(value).map(([key, one]) => [key, written(one)]));
}

function list(items: readonly WrittenValue[]): YAMLSeq {
  const node = entries(items.map(written));
  node.flow = true;
  return node;
}

function entries(items: readonly Node[]): YAMLSeq {
  const node = new YAMLSeq();
  for (const item of items) node.add(item);
  return node;
}

function block(): YAMLMap {
  return new YAMLMap();
}

/** On one line. */
function flow(pairs: readonly (readonly [string, Node])[]): YAMLMap {
  const node = block();
  for (const [key, value] of pairs) node.add(new Pair(text(key), value));
  node.flow = true;
  return node;
}

function mapOf(pairs: readonly (readonly [string, Node, readonly string[]])[]): YAMLMap {
  const map = block();
  for (const [name, value, comments] of pairs) {
    const key = text(name);
    comment(key, comments);
    map.add(new Pair(key, value));
  }
  return map;
}
