/** A token of HCL native syntax. `start` and `end` are offsets into the text, `line` is 1-based. */
export interface Token {
  readonly kind: 'identifier' | 'number' | 'string' | 'heredoc' | 'punctuation' | 'newline' | 'end';
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** The text is no HCL that this scanner can follow. `line` is 1-based. */
export class ScanError extends Error {
  readonly line: number;
  constructor(what: string, line: number) {
    super(what);
    this.line = line;
  }
}

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|[^\s]/uy;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;

/** How deep templates may stand in one another: each level is a call. */
const DEEPEST = 100;

/**
 * The tokens of a text, by the scanner of the HCL specification: comments are skipped, a quoted template or a heredoc is one token with
 * whatever is interpolated in it. The last token is `end`. Throws ScanError.
 */
export function scan(text: string): Token[] {
  return new Scanner(text).tokens();
}

class Scanner {
  readonly #text: string;
  #at: number;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\ufeff') ? 1 : 0;
  }

  tokens(): Token[] {
    const found: Token[] = [];
    for (let token = this.#next(0); ; token = this.#next(0)) {
      found.push(token);
      if (token.kind === 'end') return found;
    }
  }

  #next(depth: number): Token {
    this.#skipBlanks();
    const start = this.#at;
    const line = this.#line;
    const token = (kind: Token['kind']): Token => ({ kind, start, end: this.#at, line });
    const c = this.#text[start];
    if (c === undefined) return token('end');
    if (c === '\n') {
      this.#at += 1;
      this.#line += 1;
      return token('newline');
    }
    if (c === '"') {
      this.#at += 1;
      this.#template(depth, null);
      return token('string');
    }
    const marker = c === '<' ? this.#match(HEREDOC) : null;
    if (marker !== null) {
      this.#line += 1;
      this.#template(depth, marker[1] as string);
      return token('heredoc');
    }
    if (this.#match(IDENTIFIER) !== null) return token('identifier');
    if (this.#match(NUMBER) !== null) return token('number');
    this.#match(OPERATOR);
    return token('punctuation');
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  /** Blanks and comments. The line end behind a comment of one line stays: it ends an attribute. */
  #skipBlanks(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === ' ' || c === '\t' || c === '\r') this.#at += 1;
      else if (c === '#' || (c === '/' && this.#text[this.#at + 1] === '/')) {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (c === '/' && this.#text[this.#at + 1] === '*') {
        const end = this.#text.indexOf('*/', this.#at + 2);
        if (end < 0) throw new ScanError('a comment without an end', this.#line);
        this.#countLines(this.#at, end);
        this.#at = end + 2;
      } else return;
    }
  }

  #countLines(from: number, to: number): void {
    for (let at = this.#text.indexOf('\n', from); at >= 0 && at < to; at = this.#text.indexOf('\n', at + 1)) this.#line += 1;
  }

  /** Behind the opening: up to the closing quote, or up to the line that holds nothing but the marker of a heredoc. */
  #template(depth: number, marker: string | null): void {
    if (depth > DEEPEST) throw new ScanError('templates too deep in one another', this.#line);
    const opened = this.#line;
    let fresh = marker !== null;
    for (;;) {
      if (fresh && marker !== null && this.#endsHere(marker)) return;
      fresh = false;
      const c = this.#text[this.#at];
      if (c === undefined) throw new ScanError('a text without an end', opened);
      const two = this.#text.slice(this.#at, this.#at + 3);
      if (two === '$${' || two === '%%{') this.#at += 3;
      else if (two.startsWith('${') || two.startsWith('%{')) {
        this.#at += 2;
        this.#interpolation(depth + 1);
      } else if (c === '\n') {
        if (marker === null) throw new ScanError('a quoted text over several lines', opened);
        this.#at += 1;
        this.#line += 1;
        fresh = true;
      } else if (marker === null && c === '\\' && this.#text[this.#at + 1] !== '\n') this.#at += 2;
      else {
        this.#at += 1;
        if (marker === null && c === '"') return;
      }
    }
  }

  /** Stops behind the marker, before the line end. */
  #endsHere(marker: string): boolean {
    const found = this.#text.indexOf('\n', this.#at);
    const end = found < 0 ? this.#text.length : found;
    if (this.#text.slice(this.#at, end).trim() !== marker) return false;
    this.#at = end;
    return true;
  }

  /** Up to the brace that closes it. */
  #interpolation(depth: number): void {
    let open = 1;
    while (open > 0) {
      const token = this.#next(depth);
      if (token.kind === 'end') throw new ScanError('an interpolation without an end', token.line);
      if (token.kind !== 'punctuation') continue;
      const c = this.#text[token.start];
      if (c === '{') open += 1;
      else if (c === '}') open -= 1;
    }
  }
}
