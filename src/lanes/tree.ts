import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import type { Place } from '../errors.ts';
import type { Entry, LaneNode, ListNode, MapNode } from './node.ts';
import { type Problems, quoted } from './problems.ts';
import { looksLikeTime, plainScalar, plainValue } from './scalar.ts';

type NodeEvent = ScalarEvent | MappingEvent | SequenceEvent | AliasEvent;
/** What a node is of its parent: where nothing is written, that says where. */
type Role = 'root' | 'item' | 'key' | 'value';

/** Builds our tree from the events of the parser and refuses what hides or changes meaning. */
export class Tree {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #at: (offset: number) => Place;
  readonly #problems: Problems;
  /** Of the next event. */
  #index = 0;
  /** Offset behind the last event that has a place. */
  #end = 0;

  constructor(text: string, events: readonly Event[], at: (offset: number) => Place, problems: Problems) {
    this.#text = text;
    this.#events = events;
    this.#at = at;
    this.#problems = problems;
  }

  /** The tree of the first document. */
  read(): LaneNode {
    this.#index = 1;
    return this.#node(this.#next(), 'root', null);
  }

  /** What stands before the first document's list or map. */
  get head(): string {
    const first = this.#events[1];
    return first !== undefined && 'start' in first ? this.#text.slice(0, first.start) : '';
  }

  /** After `read`: where a second document starts, or null. */
  second(): Place | null {
    const marks = [...this.#text.slice(this.#end).matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)];
    // Two ends are an empty document between them.
    const start = marks.find(([sign], at) => sign === '---' || at > 0);
    if (start) return this.#at(this.#end + start.index);
    if (this.#index + 1 >= this.#events.length) return null;
    const [end] = marks;
    return this.#at(this.#past(this.#end + (end ? end.index + end[0].length : 0), ' \t\r\n'));
  }

  #next(): NodeEvent {
    const event = this.#events[this.#index];
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
      throw new Error('the parser of YAML ends a node before it begins');
    this.#index += 1;
    return event;
  }

  /** Whether a list or map goes on; steps over its end. */
  #more(): boolean {
    if (this.#events[this.#index]?.type !== EVENT_ID.POP) return true;
    this.#index += 1;
    return false;
  }

  #node(event: NodeEvent, role: Role, fallback: Place | null): LaneNode {
    const at = this.#placeOf(event, role, fallback);
    if (event.type === EVENT_ID.ALIAS) {
      const name = this.#text.slice(event.anchorStart, event.anchorEnd);
      this.#problems.add(
        at,
        `${quoted(`*${name.slice(0, 40)}`)} is an alias`,
        'write the value out, so that a rule says all of itself where it stands',
      );
      return { kind: 'fault', at };
    }
    this.#refuseAnchor(event, at);
    const tag = this.#tagOf(event);
    if (tag !== null)
      this.#problems.add(at, `a YAML tag (${quoted(tag)}) stands before this value`, 'remove it; text goes in quotes');
    if (event.type === EVENT_ID.SEQUENCE) return this.#list(at);
    if (event.type === EVENT_ID.MAPPING) return this.#map(at, event.style === COLLECTION_STYLE.BLOCK);
    const source = getScalarValue(this.#text, event);
    if (event.style === SCALAR_STYLE.PLAIN) return plainScalar(source, at, this.#problems);
    return { kind: 'scalar', at, value: source, source };
  }

  #list(at: Place): ListNode {
    const items: LaneNode[] = [];
    while (this.#more()) items.push(this.#node(this.#next(), 'item', at));
    return { kind: 'list', at, items };
  }

  #map(at: Place, isBlock: boolean): MapNode {
    const entries = new Map<string, Entry>();
    let whole = true;
    while (this.#more()) {
      const event = this.#next();
      const keyAt = this.#placeOf(event, 'key', at);
      if (isBlock && keyAt.column !== at.column) this.#refuseAside(event, keyAt);
      const key = this.#key(event, keyAt);
      const value = this.#node(this.#next(), 'value', keyAt);
      if (key === null) {
        whole = false;
        continue;
      }
      const first = entries.get(key);
      if (first)
        this.#problems.add(keyAt, `duplicate key ${quoted(key)}`, `it stands at ${first.at.line}:${first.at.column} already`);
      else entries.set(key, { key, at: keyAt, value });
    }
    return { kind: 'map', at, entries, whole };
  }

  #key(event: NodeEvent, at: Place): string | null {
    if (event.type !== EVENT_ID.SCALAR) {
      this.#skip(event);
      return this.#wrong(at, 'a key is neither a word nor text in quotes', null);
    }
    this.#refuseAnchor(event, at);
    const tag = this.#tagOf(event);
    if (tag !== null) this.#problems.add(at, `a YAML tag (${quoted(tag)}) stands before this key`, 'remove it');
    const source = getScalarValue(this.#text, event);
    if (event.style === SCALAR_STYLE.PLAIN) {
      if (looksLikeTime(source))
        return this.#wrong(at, `${quoted(source)} is a date or time without quotes`, `write "${source}"`);
      if (typeof plainValue(source) !== 'string')
        return this.#wrong(at, `the key ${quoted(source)} is not text`, `write ${JSON.stringify(source)} in quotes`);
    }
    if (source === '<<') return this.#wrong(at, 'merge keys (`<<`) are not used', 'write the keys out');
    return source;
  }

  #wrong(at: Place, message: string, hint: string | null): null {
    this.#problems.add(at, message, hint);
    return null;
  }

  /** The parser takes `- "x"level: org` for a list and the next key of the map around it; and nobody needs `? key`. */
  #refuseAside(event: NodeEvent, at: Place): void {
    if (event.type === EVENT_ID.SCALAR && event.anchorStart < 0 && event.tagStart < 0)
      this.#problems.add(
        at,
        'a key that does not stand below the first key of its map',
        'give it a line of its own, without `?`',
      );
  }

  /** Steps over all of a node whose first event was read. */
  #skip(event: NodeEvent): void {
    let open = event.type === EVENT_ID.ALIAS ? 0 : 1;
    while (open > 0) {
      const type = this.#events[this.#index]?.type;
      this.#index += 1;
      if (type === EVENT_ID.SEQUENCE || type === EVENT_ID.MAPPING) open += 1;
      else if (type === EVENT_ID.POP) open -= 1;
    }
  }

  #refuseAnchor({ anchorStart, anchorEnd }: NodeEvent, at: Place): void {
    if (anchorStart < 0) return;
    const name = this.#text.slice(anchorStart, Math.min(anchorEnd, anchorStart + 40));
    this.#problems.add(at, `${quoted(`&${name}`)} is an anchor`, 'write the value out where it is needed');
  }

  #tagOf(event: Exclude<NodeEvent, AliasEvent>): string | null {
    return event.tagStart < 0 ? null : this.#text.slice(event.tagStart, event.tagEnd);
  }

  #placeOf(event: NodeEvent, role: Role, fallback: Place | null): Place {
    const start = this.#startOf(event, role);
    return start === null && fallback !== null ? fallback : this.#at(start ?? this.#end);
  }

  /** Offset of what is written, behind its anchor and tag; null where nothing is. Moves the end. */
  #startOf(event: NodeEvent, role: Role): number | null {
    switch (event.type) {
      case EVENT_ID.ALIAS:
        this.#end = event.anchorEnd;
        return event.anchorStart - 1;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        this.#end = event.start;
        return event.start;
    }
    const { style, valueStart, valueEnd } = event;
    if (valueStart < 0) return this.#startOfNothing(event, role);
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
    const start = isQuoted ? valueStart - 1 : isBlock ? this.#header(valueStart) : valueStart;
    if (isBlock) this.#refuseDoubtfulBlock(start, event);
    this.#end = isQuoted ? valueEnd + 1 : valueEnd;
    return start;
  }

  /** Offset of the `|` or `>` of a text block, which stands in the line before it. */
  #header(valueStart: number): number {
    const line = Math.max(this.#text.lastIndexOf('\n', valueStart - 2) + 1, this.#end);
    return line + Math.max(this.#text.slice(line, valueStart).search(/[|>]/), 0);
  }

  /** Readers differ on what is a line of a text block with a digit, and on blanks between its last line break and the end of the file. */
  #refuseDoubtfulBlock(header: number, { valueStart, valueEnd }: ScalarEvent): void {
    const at = this.#at(header);
    if (/^.[-+]?\d/.test(this.#text.slice(header, header + 3)))
      this.#problems.add(at, 'a text block with a digit for its indentation', 'leave the digit out, or write the text in quotes');
    if (valueEnd === this.#text.length && /(?:^|\n) +$/.test(this.#text.slice(valueStart)))
      this.#problems.add(at, 'this text block ends in blanks without a line break', 'end the file with a line break');
  }

  /** Nothing stands behind what announces it: a dash, a colon, an anchor. */
  #startOfNothing({ anchorEnd, tagEnd }: ScalarEvent, role: Role): number | null {
    const [sign, before] = role === 'item' ? ['-', '[{]},'] : [':', role === 'key' ? '[{]},?' : ''];
    let end = Math.max(anchorEnd, tagEnd);
    if (end < 0) {
      end = this.#past(this.#end, ` \t\r\n${before}`);
      if (this.#text[end] !== sign) return null;
      if (role !== 'key') end += 1;
    }
    this.#end = this.#past(end, ' \t', false);
    return this.#end;
  }

  /** Offset of the first character from there on that is none of these, and in no comment. */
  #past(offset: number, chars: string, comments = true): number {
    for (let at = offset; at < this.#text.length; at += 1) {
      const char = this.#text[at] as string;
      if (comments && char === '#') {
        const line = this.#text.indexOf('\n', at);
        at = line < 0 ? this.#text.length : line;
      } else if (!chars.includes(char)) return at;
    }
    return this.#text.length;
  }
}
