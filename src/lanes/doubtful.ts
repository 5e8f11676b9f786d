import type { Place } from '../errors.ts';
import type { Problems } from './problems.ts';

// What readers of YAML take differently, or our parser takes and others do not, is refused: nobody may see other rules in a lane file than
// the gate does. test/lanes/readers.test.ts compares two parsers, and is where these cases come from.

/** Whether the text has characters that mean different things to readers of YAML; says so of the first of each. */
export function hasDoubtfulText(text: string, at: (offset: number) => Place, problems: Problems): boolean {
  const bareReturn = text.search(/\r(?!\n)/);
  if (bareReturn >= 0) problems.add(at(bareReturn), 'a carriage return without a line feed', 'end lines with a line feed');
  const mark = text.indexOf('\ufeff');
  if (mark >= 0) problems.add(at(mark), 'a byte order mark within the text', 'remove it');
  const tab = text.includes('\t') ? /^ *(?=\t)/m.exec(text) : null;
  if (tab) problems.add(at(tab.index + tab[0].length), 'a tab before the first word of a line', 'indent with blanks');
  return bareReturn >= 0 || mark >= 0 || tab !== null;
}

/** Before the first node: the end of a document that never began, or a mark of YAML that does not stand where its line starts. */
export function refuseDoubtfulHead(head: string, at: (offset: number) => Place, problems: Problems): void {
  const mark = /^(?:[ \t]+(?=%|---)|(?=\.\.\.))/m.exec(head);
  if (mark) problems.add(at(mark.index + mark[0].length), 'not valid YAML: a document does not start with this', 'remove it');
}
