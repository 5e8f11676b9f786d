/** A Cedar expression, or one whose value is known already. */
export type Expression = string | boolean;

/** A condition in Kleene's logic: when it is surely true, and when it is not surely false. */
export interface Pair {
  readonly must: Expression;
  readonly may: Expression;
}

export const sure = (expression: Expression): Pair => ({ must: expression, may: expression });

export function and(...parts: readonly Expression[]): Expression {
  if (parts.includes(false)) return false;
  return joined(parts, ' && ', true);
}

export function or(...parts: readonly Expression[]): Expression {
  if (parts.includes(true)) return true;
  return joined(parts, ' || ', false);
}

/** Order is kept: `has` stands before what it guards. */
function joined(parts: readonly Expression[], by: string, neutral: boolean): Expression {
  const rest = parts.filter((part) => part !== neutral);
  const only = rest[0];
  if (only === undefined) return neutral;
  return rest.length === 1 ? only : `(${rest.join(by)})`;
}

export function not(part: Expression): Expression {
  return typeof part === 'boolean' ? !part : `!(${part})`;
}

export const all = (parts: readonly Pair[]): Pair => ({
  must: and(...parts.map((p) => p.must)),
  may: and(...parts.map((p) => p.may)),
});
export const any = (parts: readonly Pair[]): Pair => ({
  must: or(...parts.map((p) => p.must)),
  may: or(...parts.map((p) => p.may)),
});
export const negated = (part: Pair): Pair => ({ must: not(part.may), may: not(part.must) });

/** A string literal; `*` in it is a wildcard where it stands behind `like`, and itself elsewhere. */
export function quote(text: string): string {
  const escaped = [...text].map((c) => {
    if (c === '"' || c === '\\') return `\\${c}`;
    return c >= ' ' && c <= '~' ? c : `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped.join('')}"`;
}
