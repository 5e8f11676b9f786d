import type { Place } from '../errors.ts';
import { matchGlob } from '../logic/glob.ts';
import { type Bound, type Matcher, parseInstant } from '../logic/matcher.ts';
import { type PathPattern, parsePattern } from '../logic/path.ts';
import { factNames, type Names, type Shape, shapeOf } from './names.ts';
import { suggest } from './nearest.ts';
import type { LaneNode, ListNode, MapNode, ScalarNode } from './node.ts';
import { type Problems, quoted } from './problems.ts';

const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;
/** More would make matching against a deep path slow. */
const MOST_ANY_STEPS = 4;

/** Compiles what stands behind one fact key (lanes.md 2, Matchers). */
export class MatcherCompiler {
  readonly #names: Names;
  readonly #problems: Problems;
  constructor(names: Names, problems: Problems) {
    this.#names = names;
    this.#problems = problems;
  }

  /** Null when it is wrong; then there is a problem or a gap. */
  compile(node: LaneNode, key: string, shape: Shape): Matcher | null {
    switch (node.kind) {
      case 'fault':
        this.#problems.gap(node.at);
        return null;
      case 'scalar':
        return this.#literal(node, key, shape);
      case 'list':
        return this.#several('any', node, key, shape);
      case 'map':
        return this.#form(node, key, shape);
    }
  }

  #several(is: 'any' | 'all', list: ListNode, key: string, shape: Shape): Matcher | null {
    if (list.items.length === 0) this.#problems.gap(list.at);
    const of = list.items.map((item) => this.compile(item, key, shape));
    return of.includes(null) ? null : { is, of: of as Matcher[] };
  }

  #literal(node: ScalarNode, key: string, shape: Shape): Matcher | null {
    const { value, at } = node;
    if (shape.is === 'any') return { is: 'equals', value };
    if (shape.is === 'instant')
      return this.#wrong(at, `${quoted(key)} is an instant`, 'compare it: `{gte: "2026-12-18T00:00:00Z"}`');
    if (shape.is === 'boolean') {
      return typeof value === 'boolean'
        ? { is: 'equals', value }
        : this.#wrong(at, `${quoted(key)} is true or false, not ${quoted(node.source)}`, 'write `true` or `false`');
    }
    if (value === null) {
      return shape.nullable
        ? { is: 'equals', value }
        : this.#wrong(at, `${quoted(key)} is never null`, 'write `{exists: false}` for one that is not there');
    }
    if (typeof value !== 'string')
      return this.#wrong(
        at,
        `${quoted(key)} is always text, not the ${typeof value} ${quoted(node.source)}`,
        `write ${JSON.stringify(node.source)} in quotes`,
      );
    const meant = this.#known(value, at, shape);
    if (meant === null) return null;
    if (key === 'provider' && !this.#providerSpelling(value, at)) return null;
    return { is: 'equals', value: meant };
  }

  /** The value that a spelling means; null for an unknown one. */
  #known(value: string, at: Place, shape: Shape & { is: 'text' }): string | null {
    if (!shape.closed) return value;
    const meant = shape.closed.spellings.get(value);
    if (meant !== undefined) return meant;
    return this.#wrong(at, `unknown ${shape.closed.what} ${quoted(value)}`, suggest(value, shape.closed.spellings.keys()));
  }

  #providerSpelling(value: string, at: Place): boolean {
    const bare = value.replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, '').replace(/^terraform\.io\//, '');
    if (bare === value) return true;
    this.#problems.add(at, `${quoted(value)} names the registry`, `write "${bare}"`);
    return false;
  }

  #form(node: MapNode, key: string, shape: Shape): Matcher | null {
    const entries = [...node.entries.values()];
    const first = entries[0];
    if (!first) return this.#gap(node.at);
    if (entries.every((e) => (COMPARISONS as readonly string[]).includes(e.key))) return this.#comparison(node, key, shape);
    const second = entries[1];
    if (second)
      return this.#wrong(
        second.at,
        `${quoted(first.key)} and ${quoted(second.key)} in one matcher`,
        'write `{all: [...]}` or `{any: [...]}`',
      );
    const { value } = first;
    switch (first.key) {
      case 'not': {
        const of = this.compile(value, key, shape);
        return of && { is: 'not', of };
      }
      case 'any':
      case 'all':
        return value.kind === 'list' ? this.#several(first.key, value, key, shape) : this.#gap(value.at);
      case 'exists':
        return value.kind === 'scalar' && typeof value.value === 'boolean'
          ? { is: 'exists', want: value.value }
          : this.#gap(value.at);
      case 'glob':
        return this.#glob(value, key, shape);
      case 'same_as':
        return this.#sameAs(value, key);
      default:
        return this.#gap(first.at);
    }
  }

  #glob(node: LaneNode, key: string, shape: Shape): Matcher | null {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.#gap(node.at);
    const pattern = node.value;
    if (shape.is === 'boolean' || shape.is === 'instant')
      return this.#wrong(node.at, `${quoted(key)} is no text that a glob can match`);
    if (shape.is === 'text' && shape.closed) {
      const values = [...new Set(shape.closed.spellings.values())];
      if (!values.some((value) => matchGlob(pattern, value)))
        return this.#wrong(node.at, `no ${shape.closed.what} is like ${quoted(pattern)}`, suggest(pattern, values));
    }
    return { is: 'glob', pattern };
  }

  #sameAs(node: LaneNode, key: string): Matcher | null {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.#gap(node.at);
    const other = node.value;
    if (shapeOf(other, this.#names) === null)
      return this.#wrong(node.at, `unknown fact ${quoted(other)}`, suggest(other, factNames(this.#names)));
    if (other.startsWith('attr.') && !parsePath(other.slice(5), node.at, this.#problems)) return null;
    if (other === key) return this.#wrong(node.at, `${quoted(key)} is compared with itself`);
    return { is: 'same_as', key: other };
  }

  #comparison(node: MapNode, key: string, shape: Shape): Matcher | null {
    if (shape.is === 'boolean' || (shape.is === 'text' && shape.closed))
      return this.#wrong(node.at, `${quoted(key)} has no order`, 'list its values');
    const bounds: { -readonly [name in (typeof COMPARISONS)[number]]?: Bound } = {};
    let kind: string | null = null;
    for (const name of COMPARISONS) {
      const value = node.entries.get(name)?.value;
      if (!value) continue;
      const bound = this.#bound(value, key, shape);
      if (bound === null) return null;
      if (kind !== null && kind !== typeof bound) return this.#wrong(value.at, 'a number and an instant in one comparison');
      kind = typeof bound;
      bounds[name] = bound;
    }
    return { is: 'compare', ...bounds };
  }

  #bound(node: LaneNode, key: string, shape: Shape): Bound | null {
    if (node.kind !== 'scalar') return this.#gap(node.at);
    if (typeof node.value === 'number') {
      return shape.is === 'any'
        ? node.value
        : this.#wrong(node.at, `${quoted(key)} is never a number`, 'numbers are compared on `attr.PATH` only');
    }
    if (typeof node.value !== 'string') return this.#gap(node.at);
    const instant = readInstant(node.value);
    if (instant === null)
      return this.#wrong(
        node.at,
        `${quoted(node.value)} is neither a number nor an instant with its zone`,
        'write for example "2026-12-18T00:00:00Z"',
      );
    return { instant, text: node.value };
  }

  #wrong(at: Place, message: string, hint: string | null = null): null {
    this.#problems.add(at, message, hint);
    return null;
  }

  #gap(at: Place): null {
    this.#problems.gap(at);
    return null;
  }
}

/** Milliseconds since the epoch of an RFC 3339 instant that stands in the calendar (no 30 February), else null. */
export function readInstant(text: string): number | null {
  const time = parseInstant(text);
  if (time === null) return null;
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day >= 1 && day <= lastDay ? time : null;
}

/** The pattern, or null with a problem. */
export function parsePath(text: string, at: Place, problems: Problems): PathPattern | null {
  try {
    const pattern = parsePattern(text);
    if (text.split('**').length - 1 > MOST_ANY_STEPS) problems.add(at, `${quoted(text)} has more than ${MOST_ANY_STEPS} \`**\``);
    else return pattern;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.add(
      at,
      `${quoted(text)} is no attribute path: ${oneLine(error.message)}`,
      'steps are joined by dots; a key with dots is written `["a.b"]`',
    );
  }
  return null;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 120);
}
