import { escapeText } from '../escape.ts';

/** Stands for a blank at which no line may be broken. Never in escaped text, where control characters are spelled out. */
const FIRM_BLANK = '\u0000';

export type Style = 'red' | 'green' | 'yellow' | 'magenta' | 'bold' | 'dim';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** Plan text that must stay in one piece: an address, a place. */
export function whole(text: string): string {
  return escapeText(text).replaceAll(' ', FIRM_BLANK);
}

/** Words as they are read where a line is broken by somebody else: in a browser, in a log, in an editor. */
export function plain(words: string): string {
  return words.replaceAll(FIRM_BLANK, ' ');
}

/** Lines of a text report, wrapped at blanks and never within a word. */
export class Page {
  readonly #lines: string[] = [];
  readonly #width: number;
  readonly #colour: boolean;

  constructor(width: number, colour: boolean) {
    this.#width = width;
    this.#colour = colour;
  }

  paint(text: string, ...styles: readonly Style[]): string {
    if (!this.#colour) return text;
    return styles.reduce((all, style) => `\u001b[${CODES[style][0]}m${all}\u001b[${CODES[style][1]}m`, text);
  }

  /** A line, wrapped; what follows the first is indented by two more, or as told. */
  line(indent: number, text: string, hanging = indent + 2): void {
    let line = ' '.repeat(indent);
    let columns = indent;
    let fresh = true;
    for (const word of text.split(' ')) {
      const width = columnsOf(word);
      if (!fresh && columns + 1 + width > this.#width) {
        this.#lines.push(line.trimEnd());
        line = ' '.repeat(hanging);
        columns = hanging;
        fresh = true;
      }
      line += fresh ? word : ` ${word}`;
      columns += fresh ? width : width + 1;
      fresh = false;
    }
    this.#lines.push(line.trimEnd());
  }

  /** A line that stays one line, however long. */
  unwrapped(text: string): void {
    this.#lines.push(text.trimEnd());
  }

  /** Text as it stands, one of our own lines after the other: code to be copied. */
  block(indent: number, text: string): void {
    for (const line of text.replace(/\n$/, '').split('\n'))
      this.#lines.push(`${' '.repeat(indent)}${escapeText(line)}`.trimEnd());
  }

  gap(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  toString(): string {
    return `${plain(this.#lines.join('\n')).trimEnd()}\n`;
  }
}

function columnsOf(word: string): number {
  // Our own colour codes only: plan text holds no escape character any more.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the code is what is looked for
  return [...word.replace(/\u001b\[\d+m/g, '')].length;
}
