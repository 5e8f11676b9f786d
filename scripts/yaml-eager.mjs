// yaml's lexer and parser are chains of generators, several for each token, which cold code pays dearly: 6 of 17 ms for a lane file
// of 8 KB. `parse` takes all tokens at once anyway, so the programme gets the same methods with tokens pushed to a list instead of yielded.
// test/lanes/eager.test.ts holds that both give the same tokens. Only the text of these two files of yaml is known here: a release that
// changes them stops the build, and then the plugin can be left out without any other change.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** SHA-256 of the files as of yaml 2.9.1. */
const KNOWN = {
  'lexer.js': '14d3a6e0f1bf7945a92dfa0366f61bcd122aa3c62addb6fbfdaadd796c634036',
  'parser.js': '761580b1ad5b36b6fd5e2ffb411798cb5603f8fc46ff11ad8e68ca2ba32a405f',
};

/** The source without generators. Throws for a file that is not one of the two. */
export function eager(path) {
  const source = readFileSync(path, 'utf8');
  const name = basename(path);
  if (createHash('sha256').update(source).digest('hex') !== KNOWN[name])
    throw new Error(
      `yaml's ${name} is another than the one that scripts/yaml-eager.mjs rewrites: compare them, or leave the plugin out`,
    );
  const methods = source
    // Without `yield*` this call makes a generator that nobody runs, so it has no effect.
    .replace("            this.pushNewline();\n            return 'stream';", "            return 'stream';")
    .replace(/^ {4}\*(\w+)\(/gm, '    $1(')
    .replaceAll('yield* this.', 'this.')
    .replace(/\byield ([^\n]*);\n/g, 'this.tokens.push($1);\n')
    .replace(/\byield (\{\n[\s\S]*?\n\s*\});\n/g, 'this.tokens.push($1);\n');
  const whole =
    name === 'lexer.js'
      ? methods
          .replace('    lex(source, incomplete = false) {\n', '$&        this.tokens = [];\n')
          .replace('            next = this.parseNext(next);\n', '$&        return this.tokens;\n')
      : methods
          .replace('    parse(source, incomplete = false) {\n', '$&        this.tokens = [];\n')
          .replace('            this.end();\n    }', '            this.end();\n        return this.tokens;\n    }');
  return whole;
}

/** An esbuild plugin. */
export const yamlEager = {
  name: 'yaml-eager',
  setup({ onLoad }) {
    onLoad({ filter: /yaml[\\/]browser[\\/]dist[\\/]parse[\\/](lexer|parser)\.js$/ }, ({ path }) => ({ contents: eager(path) }));
  },
};
