import { evaluate, LONGEST, type Reading, type Scope } from './evaluate.ts';
import type { SourceFile } from './folder.ts';
import { type JsonNode, readJson } from './json-body.ts';
import { ScanError, scan } from './scan.ts';

/**
 * What a value in JSON syntax says: objects of texts, which are templates (JSON Configuration Syntax, "Expression Mapping"). A
 * template that is one interpolation is its expression. `text` is the file, the rest offsets.
 */
async function evaluateJson(text: string, from: number, to: number, scope: Scope, depth = 0): Promise<Reading> {
  const own = text.slice(from, to);
  try {
    return await readingOfNode(own, readJson(own), scope, depth);
  } catch (error) {
    // No parser of HCL has seen the templates.
    if (error instanceof ScanError) return UNKNOWN;
    throw error;
  }
}

/** What a value of a file says, in either syntax. */
export function evaluateIn(
  { text, syntax }: Pick<SourceFile, 'text' | 'syntax'>,
  from: number,
  to: number,
  scope: Scope,
  depth = 0,
): Promise<Reading> {
  return syntax === 'json' ? evaluateJson(text, from, to, scope, depth) : evaluate(text, from, to, scope, depth);
}

const UNKNOWN: Reading = { kind: 'unknown', why: 'an expression' };

async function readingOfNode(text: string, node: JsonNode, scope: Scope, depth: number): Promise<Reading> {
  if (node.kind === 'object') {
    const entries = new Map<string, Reading>();
    for (const { key, value } of node.members) {
      // A key that is a template may be any key; one that stands twice says two things.
      if (/[$%]\{/.test(key) || entries.has(key)) return UNKNOWN;
      entries.set(key, await readingOfNode(text, value, scope, depth));
    }
    return { kind: 'map', entries, open: null };
  }
  if (node.kind === 'array') return UNKNOWN;
  const written: unknown = JSON.parse(text.slice(node.start, node.end));
  if (typeof written === 'string') return template(written, scope, depth);
  // Numbers are spelled as HCL would spell them only where they are plain.
  const spelled = text.slice(node.start, node.end);
  return written !== null && /^(?:0|[1-9]\d{0,14}|true|false)$/.test(spelled) ? { kind: 'text', text: spelled } : UNKNOWN;
}

/** One interpolation, or texts with interpolations that are plain names; nothing is escaped in it but what would begin one. */
async function template(written: string, scope: Scope, depth: number): Promise<Reading> {
  if (written.length > LONGEST) return UNKNOWN;
  const whole = wholeExpression(written);
  if (whole !== null) return evaluate(whole, 0, whole.length, scope, depth + 1);
  // Quotes within an interpolation are spelled otherwise in native syntax; without them it is the same template.
  if (/[$%]\{[^}]*["\\]/.test(written)) return UNKNOWN;
  const native = JSON.stringify(written);
  return evaluate(native, 0, native.length, scope, depth + 1);
}

/** The expression of a template that is nothing but one interpolation; null = it is more, or less. */
export function wholeExpression(written: string): string | null {
  if (!/^\$\{[^~].*[^~]\}$/s.test(written)) return null;
  const inner = written.slice(2, -1);
  let depth = 0;
  try {
    for (const { kind, start, end } of scan(inner)) {
      if (kind !== 'punctuation') continue;
      const own = inner.slice(start, end);
      if (own === '{') depth += 1;
      else if (own === '}') depth -= 1;
      if (depth < 0) return null;
    }
  } catch (error) {
    if (error instanceof ScanError) return null;
    throw error;
  }
  return depth === 0 ? inner.trim() : null;
}

/** Every interpolation in the texts of a value; null where one cannot be taken out for certain. */
export function interpolationsIn(text: string, from: number, to: number): readonly string[] | null {
  const found: string[] = [];
  for (const [spelled] of text.slice(from, to).matchAll(/"(?:[^"\\]|\\.)*"/g)) {
    const whole = wholeExpression(JSON.parse(spelled) as string);
    if (whole !== null) {
      found.push(whole);
      continue;
    }
    const written = (JSON.parse(spelled) as string).replace(/\$\$\{|%%\{/g, '');
    const rest = written.replace(/\$\{([^{}]*)\}/g, (_, inner: string) => {
      found.push(inner);
      return '';
    });
    if (/[$%]\{/.test(rest)) return null;
  }
  return found;
}
