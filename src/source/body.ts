import { ScanError, scan, type Token } from './scan.ts';

/** An argument: `name = value`. Offsets into the text of its file; the value without comments around it. */
export interface Argument {
  readonly name: string;
  readonly line: number;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A block with its labels. In native syntax `open` and `close` are its braces; in JSON those of the object of its arguments. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  /** 1-based line of its type, in JSON of its last label. */
  readonly line: number;
  readonly start: number;
  readonly open: number;
  readonly close: number;
  readonly body: Body;
}

export interface Body {
  /** An argument written twice stands twice. */
  readonly arguments: readonly Argument[];
  readonly blocks: readonly Block[];
}

/** How deep blocks may stand in one another: each level is a call. */
const DEEPEST = 100;

/** The blocks and arguments of a file in native syntax, with their places. Throws ScanError. */
export function readBody(text: string): Body {
  return new Reader(text, scan(text)).body(0, 'end');
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #spelled({ start, end }: Token): string {
    return this.#text.slice(start, end);
  }

  #is(spelled: string): boolean {
    return this.#token.kind === 'punctuation' && this.#spelled(this.#token) === spelled;
  }

  /** Stops at the token that closes it. */
  body(depth: number, until: '}' | 'end'): Body {
    if (depth > DEEPEST) throw new ScanError('blocks too deep in one another', this.#token.line);
    const body = { arguments: [] as Argument[], blocks: [] as Block[] };
    for (;;) {
      while (this.#token.kind === 'newline') this.#at += 1;
      if (until === 'end' ? this.#token.kind === 'end' : this.#is('}')) return body;
      const name = this.#token;
      if (name.kind !== 'identifier') throw new ScanError('neither an argument nor a block', name.line);
      this.#at += 1;
      if (this.#is('=')) body.arguments.push(this.#argument(name));
      else body.blocks.push(this.#block(name, depth));
    }
  }

  #argument(name: Token): Argument {
    this.#at += 1;
    const valueStart = this.#token.start;
    let valueEnd = valueStart;
    let open = 0;
    for (; ; this.#at += 1) {
      const token = this.#token;
      const spelled = token.kind === 'punctuation' ? this.#spelled(token) : '';
      if (token.kind === 'end') {
        if (open > 0) throw new ScanError('a bracket without an end', name.line);
        break;
      }
      if (open === 0 && (token.kind === 'newline' || spelled === '}')) break;
      if (spelled === '(' || spelled === '[' || spelled === '{') open += 1;
      else if (spelled === ')' || spelled === ']' || spelled === '}') open -= 1;
      if (token.kind !== 'newline') valueEnd = token.end;
    }
    if (valueEnd === valueStart) throw new ScanError('an argument without a value', name.line);
    return { name: this.#spelled(name), line: name.line, start: name.start, valueStart, valueEnd };
  }

  #block(type: Token, depth: number): Block {
    const labels: string[] = [];
    for (; !this.#is('{'); this.#at += 1) {
      const token = this.#token;
      const label = token.kind === 'identifier' ? this.#spelled(token) : token.kind === 'string' ? this.#literal(token) : null;
      if (label === null) throw new ScanError('neither an argument nor a block', type.line);
      labels.push(label);
    }
    const open = this.#token.start;
    this.#at += 1;
    const body = this.body(depth + 1, '}');
    const close = this.#token.start;
    this.#at += 1;
    return { type: this.#spelled(type), labels, line: type.line, start: type.start, open, close, body };
  }

  #literal(token: Token): string | null {
    return literalText(this.#spelled(token));
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
]);

/** What a quoted text without interpolation says; null where something is interpolated, or an escape is none. */
export function literalText(quoted: string): string | null {
  let out = '';
  for (let at = 1; at < quoted.length - 1; ) {
    const c = quoted[at] as string;
    const three = quoted.slice(at, at + 3);
    if (three === '$${' || three === '%%{') {
      out += three.slice(1);
      at += 3;
    } else if (three.startsWith('${') || three.startsWith('%{')) return null;
    else if (c !== '\\') {
      out += c;
      at += 1;
    } else {
      const simple = ESCAPES.get(quoted[at + 1] ?? '');
      const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(quoted.slice(at));
      if (simple !== undefined) {
        out += simple;
        at += 2;
      } else if (code !== null) {
        const point = Number.parseInt(code[1] ?? code[2] ?? '', 16);
        if (point > 0x10ffff) return null;
        out += String.fromCodePoint(point);
        at += code[0].length;
      } else return null;
    }
  }
  return out;
}
