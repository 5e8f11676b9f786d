import { setFlagsFromString } from 'node:v8';
import { type CedarValueJson, preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Literal, NodeMap } from './document.ts';
import type { Facts } from './facts.ts';
import { Translator, type World } from './translate.ts';

export type Verdict = 'allow' | 'needs-approval' | 'deny';

export interface Ruling {
  readonly verdict: Verdict;
  /** Ids of the obligations that are due; empty unless the verdict is needs-approval. */
  readonly due: readonly string[];
}

// V8 of Node 20 dies when it throws away optimised code in the midst of a call into WASM that it had inlined.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');

type Context = Record<string, CedarValueJson>;

/** Cedar's answers to the questions of one cascade of lane files. One at a time: the policy sets are kept under fixed names. */
export class Oracle {
  readonly translator: Translator;
  readonly #obligations: readonly string[];
  /** How often Cedar was asked. */
  asked = 0;

  constructor(files: readonly NodeMap[], world: World) {
    this.translator = new Translator(files, world);
    const { main, obligations } = this.translator.policies();
    preparse('main', main);
    this.#obligations = [...obligations.keys()];
    this.#obligations.forEach((id, at) => {
      preparse(`obligation ${at}`, { [id]: obligations.get(id) ?? '' });
    });
  }

  /** Every fact that rules mention must be known. Throws when a policy was skipped for an error, which Cedar does silently. */
  decide(facts: Facts): Ruling {
    const request = { facts, context: contextOf(facts) };
    if (!this.#permits('main', request)) return { verdict: 'deny', due: [] };
    const due = this.#obligations.filter((_, at) => this.#permits(`obligation ${at}`, request));
    return { verdict: due.length > 0 ? 'needs-approval' : 'allow', due };
  }

  #permits(set: string, { facts, context }: { facts: Facts; context: Context }): boolean {
    this.asked += 1;
    return permits(set, String(facts.get('who.id')), String(facts.get('do')), context);
  }
}

export function preparse(name: string, policies: Readonly<Record<string, string>>): void {
  const answer = preparsePolicySet(name, { staticPolicies: policies });
  if (answer.type === 'failure') throw new Error(`${JSON.stringify(answer.errors)} in ${JSON.stringify(policies)}`);
}

export function permits(set: string, principal: string, action: string, context: Context): boolean {
  const answer = statefulIsAuthorized({
    principal: { type: 'Principal', id: principal },
    action: { type: 'Action', id: action },
    resource: { type: 'Resource', id: 'object' },
    context,
    preparsedPolicySetId: set,
    entities: [],
  });
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw new Error(`policies with errors: ${JSON.stringify(diagnostics.errors)}`);
  return decision === 'allow';
}

/** The facts as Cedar's context: null and absent ones are left out, a plan attribute is a record named after its type. */
function contextOf(facts: Facts): Context {
  const records: Record<'who' | 'tag' | 'attr', Context> = { who: {}, tag: {}, attr: {} };
  const context: Context = { ...records };
  for (const [key, value] of facts) {
    if (value === null || key === 'do') continue;
    const dot = key.indexOf('.');
    const record = records[key.slice(0, Math.max(dot, 0)) as keyof typeof records];
    if (key.startsWith('attr.')) records.attr[key.slice(5)] = { [typeof value]: value as Literal };
    else if (key === 'now') context.now = typeof value === 'string' ? Date.parse(value) : (value as number);
    else if (record) record[key.slice(dot + 1)] = value as string | string[];
    else context[key] = value as string | string[];
  }
  return context;
}
