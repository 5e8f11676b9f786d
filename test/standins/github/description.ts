import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: object;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: { readonly 'application/json'?: { readonly schema: object } } }>
  >;
}

/** What GitHub publishes of the requests that the Action makes: scripts/github-openapi.mjs cuts it out. */
export const DESCRIPTION = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, coerceTypes: false });
ajv.addSchema(DESCRIPTION, 'github');

/** Schemas of the description, with its own references. `closed`: a key that it does not name is a fault. */
function faultsOf(schema: object, value: unknown, what: string, isClosed = false): readonly string[] {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"github#/'));
  const check = ajv.compile(isClosed ? { ...absolute, additionalProperties: false } : absolute);
  return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${what}${instancePath} ${message}`);
}

function resolved<T>(node: T | { readonly $ref: string }): T {
  const path = (node as { $ref?: string }).$ref;
  return path === undefined
    ? (node as T)
    : (path
        .slice(2)
        .split('/')
        .reduce((at: unknown, key) => (at as Record<string, unknown>)[key], DESCRIPTION) as T);
}

export interface Match {
  readonly operation: Operation;
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

/** The operation that a request is, and what is wrong with it; null where GitHub describes no such request. */
export function matchRequest(method: string, url: URL, body: string): Match | null {
  for (const [template, operations] of Object.entries(DESCRIPTION.paths)) {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
    const found = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(url.pathname);
    const operation = operations[method.toLowerCase()];
    if (found === null || operation === undefined) continue;
    const values = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] as string)]));
    return { operation, values, faults: requestFaults(operation, values, url, body) };
  }
  return null;
}

function requestFaults(operation: Operation, values: Match['values'], url: URL, body: string): readonly string[] {
  const parameters = (operation.parameters ?? []).map((one) => resolved<Parameter>(one));
  const query = Object.fromEntries(url.searchParams);
  const unknown = Object.keys(query).filter((name) => !parameters.some((one) => one.in === 'query' && one.name === name));
  const typed = (schema: { type?: string }, text: string) =>
    schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text;
  return [
    ...unknown.map((name) => `query ${name} is not described`),
    ...parameters.flatMap(({ name, in: place, required, schema }) => {
      const text = place === 'path' ? values[name] : query[name];
      if (text === undefined) return required ? [`${name} is missing`] : [];
      return faultsOf(schema, typed(schema, text), name);
    }),
    ...bodyFaults(operation, body),
  ];
}

function bodyFaults({ requestBody }: Operation, body: string): readonly string[] {
  if (requestBody === undefined) return body === '' ? [] : ['a body is not described'];
  try {
    return faultsOf(requestBody.content['application/json'].schema, JSON.parse(body), 'body', true);
  } catch {
    return ['the body is no JSON'];
  }
}

/** What is wrong with an answer of the stand-in. Statuses that GitHub leaves undescribed (403 to a list) have the body of its errors. */
export function answerFaults({ operation }: Match, status: number, json: unknown): readonly string[] {
  const described = operation.responses[String(status)];
  if (described === undefined && status < 400) return [`${operation.operationId} never answers ${status}`];
  const schema = described && resolved(described).content?.['application/json']?.schema;
  if (schema === undefined && status < 400) return json === undefined ? [] : ['a body is not described'];
  return faultsOf(schema ?? { $ref: '#/components/schemas/basic-error' }, json, `answer ${status}`);
}
