/** One step of an address with the instance key behind it: `module`, `a["x.y"]`, `aws_vpc`, `main[0]`. */
export interface AddressStep {
  readonly name: string;
  /** As written between the brackets; null without brackets. Several brackets are joined. */
  readonly key: string | null;
  /** Where the step ends in the address, behind its brackets. */
  readonly end: number;
}

/** Splits an address or reference at its dots; brackets and the quoted keys in them may hold anything (plan-json.md 3). */
export function splitAddress(address: string): AddressStep[] {
  if (!address.includes('[')) {
    let end = -1;
    return address.split('.').map((name) => {
      end += name.length + 1;
      return { name, key: null, end };
    });
  }
  const steps: AddressStep[] = [];
  let name = '';
  let key: string | null = null;
  let dot = address.indexOf('.');
  let bracket = address.indexOf('[');
  for (let at = 0; ; ) {
    if (bracket >= 0 && (dot < 0 || bracket < dot)) {
      name += address.slice(at, bracket);
      const end = closing(address, bracket);
      key = (key ?? '') + address.slice(bracket + 1, end);
      at = end + 1;
      bracket = address.indexOf('[', at);
      if (dot >= 0 && dot < at) dot = address.indexOf('.', at);
    } else {
      const end = dot < 0 ? address.length : dot;
      steps.push({ name: name + address.slice(at, end), key, end });
      if (dot < 0) return steps;
      name = '';
      key = null;
      at = dot + 1;
      dot = address.indexOf('.', at);
    }
  }
}

/** The names of its steps alone. */
export function stepNames(address: string): string[] {
  return address.includes('[') ? splitAddress(address).map((step) => step.name) : address.split('.');
}

function closing(text: string, open: number): number {
  let quoted = false;
  for (let at = open + 1; at < text.length; at += 1) {
    const c = text[at];
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (c === ']' && !quoted) return at;
  }
  return text.length;
}

/** The address without any instance key: `module.a["k"].module.b[0]` is `module.a.module.b`. */
export function stripKeys(address: string): string {
  let plain = '';
  let at = 0;
  for (let bracket = address.indexOf('['); bracket >= 0; bracket = address.indexOf('[', at)) {
    plain += address.slice(at, bracket);
    at = closing(address, bracket) + 1;
  }
  return plain + address.slice(at);
}

/**
 * Source address without the public registries' host (plan-json.md 3: `registry.terraform.io/-/aws` and `aws` of 0.12 too). 0.12 wrote
 * `aws.east` where a child module has the aliased provider passed in; no name of a provider has a dot.
 */
export function providerSource(text: string): string {
  let source = sources.get(text);
  if (source === undefined) {
    source = sourceOf(text);
    if (sources.size < MOST_SOURCES) sources.set(text, source);
  }
  return source;
}

/** The rows of a plan have few providers. */
const sources = new Map<string, string>();
const MOST_SOURCES = 100;

function sourceOf(text: string): string {
  if (text === '') return '';
  const parts = text.split('/');
  if (parts.length === 1) {
    const name = /^([^.]+)\.[^.]+$/s.exec(text)?.[1] ?? text;
    return name === 'terraform' ? 'builtin/terraform' : `hashicorp/${name}`;
  }
  const host = parts.length === 3 ? parts[0] : null;
  if (host === 'terraform.io') return `${parts[1]}/${parts[2]}`;
  if (host !== null && host !== 'registry.terraform.io' && host !== 'registry.opentofu.org') return text;
  const [namespace, name] = parts.slice(-2);
  return `${namespace === '-' ? 'hashicorp' : namespace}/${name}`;
}

/** Steps as an attribute path is written: joined by dots, keys that would read as something else quoted in brackets. */
export function pathText(steps: readonly string[]): string {
  return steps
    .map((step, index) => {
      if (step === '' || step === '*' || step === '**' || /[.[\]"]/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
