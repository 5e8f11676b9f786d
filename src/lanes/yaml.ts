import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import type { Place } from '../errors.ts';
import { hasDoubtfulText, refuseDoubtfulHead } from './doubtful.ts';
import type { LaneNode } from './node.ts';
import type { Problems } from './problems.ts';
import { Tree } from './tree.ts';

/** Deeper than any rule; the parser recurses, and so does whoever reads the tree. */
const DEEPEST = 32;
const EMPTY_HINT = 'a lane file starts with `inlane: 1` and `level: org`; `inlane init` writes one';

/** Any text in YAML to its tree; null when it has no usable tree, and then there is a problem. */
export function readYaml(text: string, file: string, problems: Problems): LaneNode | null {
  const start: Place = { file, line: 1, column: 1 };
  const at = placesOf(text, file);
  if (hasDoubtfulText(text, at, problems)) return null;
  const events = eventsOf(text, at, problems);
  if (events === null) return null;
  if (events.length === 0) {
    problems.add(start, 'the file is empty', EMPTY_HINT);
    return null;
  }
  const tree = new Tree(text, events, at, problems);
  const root = tree.read();
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT && event.directives.some((one) => one.kind === 'yaml' && one.version !== '1.2'))
      problems.add(start, 'lane files are YAML 1.2', 'remove the `%YAML` line');
  }
  refuseDoubtfulHead(tree.head, at, problems);
  const second = tree.second();
  if (second !== null) problems.add(second, 'a second YAML document', 'write one document per file, without `---` between');
  return root;
}

/** Where an offset of the text is: a binary search among the starts of lines. */
function placesOf(text: string, file: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let line = 0;
    for (let end = starts.length; end - line > 1; ) {
      const middle = (line + end) >> 1;
      if ((starts[middle] as number) <= offset) line = middle;
      else end = middle;
    }
    return { file, line: line + 1, column: offset - (starts[line] as number) + 1 };
  };
}

/** What the parser finds, in the order of the text; null when it is no YAML. */
function eventsOf(text: string, at: (offset: number) => Place, problems: Problems): readonly Event[] | null {
  try {
    return parseEvents(text, { maxDepth: DEEPEST + 1 });
  } catch (error) {
    if (!(error instanceof YAMLException) || error.mark === undefined) throw error;
    const { position } = error.mark;
    if (error.reason.startsWith('nesting exceeded')) problems.add(at(position), `nested deeper than ${DEEPEST} levels`);
    else problems.add(at(position), `not valid YAML: ${oneLine(error.reason)}`, hintFor(error.reason, lineOf(text, position)));
    return null;
  }
}

/** What to do about a line that the parser stops at; null where its words say it. */
function hintFor(reason: string, line: string): string | null {
  if (line.includes('\t')) return 'write blanks instead of tabs';
  if (reason === 'deficient indentation')
    return 'close the bracket or quote that is open, or indent this deeper than the key it belongs to, a closing bracket too';
  if (reason.startsWith('end of the stream'))
    return 'indent the line as what it belongs to; text with `:`, `#` or brackets goes in quotes';
  return null;
}

/** The line up to an offset. */
function lineOf(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

function oneLine(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return line.slice(0, 1).toLowerCase() + line.slice(1, 160);
}
