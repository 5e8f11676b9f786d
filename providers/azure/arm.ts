import type { PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { type CloudApi, CloudFailure, type CloudTarget } from '../cloud.ts';
import { AWAIT_WRITE, QUERY, READ_TAGS, WRITE_TAGS } from './apis.ts';
import { type AzureConnection, defaultCredential, endpointOf } from './connection.ts';
import { failureOf, type Refusal, readError, readRefusal, retryAfterOf, saysGone, saysNotTaggable } from './failures.ts';
import { storedTags } from './owners.ts';
import { unansweredFailure } from './unanswered.ts';

/** The Tags API that @azure/arm-resources 7.0.0 speaks, and the Resource Graph API whose answers are plain JSON. */
const TAGS_VERSION = '2025-04-01';
const GRAPH_VERSION = '2022-10-01';

const TIMEOUT = 60_000;

export type TagsAnswer =
  /** Keys as they are stored. */
  | { readonly state: 'found'; readonly tags: ReadonlyMap<string, string> }
  | { readonly state: 'gone' }
  | { readonly state: 'not-taggable' };

/** Resource Manager: each method makes exactly one request, and rejects with CloudFailure. */
export interface Arm {
  tags(scope: string, target: CloudTarget): Promise<TagsAnswer>;
  /** The URL that tells when the change is done; null = it is done. */
  patch(
    scope: string,
    operation: 'Merge' | 'Delete',
    tags: ReadonlyMap<string, string>,
    target: CloudTarget,
  ): Promise<string | null>;
  /** Resolves when the change is done; rejects as `transient` while it is under way. */
  finished(url: string, target: CloudTarget): Promise<void>;
  /** Rows of one page, as JSON. */
  query(query: string, options: Readonly<Record<string, unknown>>, target: CloudTarget): Promise<unknown>;
}

export async function openArm(connection: AzureConnection): Promise<Arm> {
  const [{ ResourceManagementClient }, { createHttpHeaders, createPipelineRequest }] = await Promise.all([
    import('@azure/arm-resources'),
    import('@azure/core-rest-pipeline'),
  ]);
  const endpoint = endpointOf(connection, process.env.AZURE_AUTHORITY_HOST);
  const credential = connection.credential ?? (await defaultCredential());
  const timeout = connection.timeout ?? TIMEOUT;
  const client = new ResourceManagementClient(credential, {
    endpoint: endpoint.url,
    $host: endpoint.url,
    credentialScopes: endpoint.scope,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'inlane' },
    additionalPolicies: [{ policy: oneRequest(), position: 'perRetry' }],
    ...(connection.ca === undefined ? {} : { tlsOptions: { ca: connection.ca } }),
  });
  if (connection.ca !== undefined) client.pipeline.removePolicy({ name: 'proxyPolicy' });

  async function send(url: URL, method: 'GET' | 'POST' | 'PATCH', body: unknown): Promise<PipelineResponse> {
    const headers = createHttpHeaders({ accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json; charset=utf-8');
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return client.sendRequest(createPipelineRequest({ url: url.href, method, headers, timeout, ...text }));
  }

  return {
    async tags(scope, target) {
      let answer: string | null | undefined;
      try {
        await client.tagsOperations.getAtScope(encoded(scope), {
          requestOptions: { timeout },
          onResponse: (response) => {
            answer = response.bodyAsText;
          },
        });
      } catch (error) {
        const refusal = refusalBehind(error);
        if (refusal !== null && saysGone(refusal)) return { state: 'gone' };
        if (refusal !== null && saysNotTaggable(refusal)) return { state: 'not-taggable' };
        throw failureBehind(error, READ_TAGS, target);
      }
      return { state: 'found', tags: readTags(answer ?? '') };
    },

    async patch(scope, operation, tags, target) {
      // Not `tagsOperations.beginUpdateAtScope`: it asks a second time in the same breath when the change takes longer.
      const url = new URL(
        `${endpoint.url}/${encoded(scope)}/providers/Microsoft.Resources/tags/default?api-version=${TAGS_VERSION}`,
      );
      const response = await answered(
        send(url, 'PATCH', { operation, properties: { tags: Object.fromEntries(tags) } }),
        WRITE_TAGS,
        target,
      );
      if (response.status !== 202) return null;
      return awaited(response, endpoint.url);
    },

    async finished(url, target) {
      const response = await answered(send(new URL(url), 'GET', undefined), AWAIT_WRITE, target);
      const { status, error } = parsed(response.bodyAsText) as { readonly status?: unknown; readonly error?: unknown };
      const state = typeof status === 'string' ? status.toLowerCase() : response.status === 202 ? 'running' : 'succeeded';
      if (state === 'succeeded') return;
      if (state === 'failed' || state === 'canceled' || state === 'cancelled') {
        const refusal = { status: 0, header: () => undefined, ...readError(error === undefined ? {} : { error }) };
        throw failureOf(refusal, WRITE_TAGS, target);
      }
      throw new CloudFailure('transient', 'Azure has not finished the change of tags yet', 'read the tags again later', {
        retryAfter: retryAfterOf({ header: (name) => response.headers.get(name) }),
      });
    },

    async query(query, options, target) {
      const url = new URL(`${endpoint.url}/providers/Microsoft.ResourceGraph/resources?api-version=${GRAPH_VERSION}`);
      const response = await answered(
        send(url, 'POST', { query, subscriptions: [target.account], options: { resultFormat: 'objectArray', ...options } }),
        QUERY,
        target,
      );
      return parsed(response.bodyAsText);
    },
  };
}

/** A segment can hold what would mean something else in a URL; the SDK takes scopes as they are. */
function encoded(scope: string): string {
  const segments = scope.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new CloudFailure(
      'refused',
      'the id of the object is not an id of Azure Resource Manager',
      'see the object in the state',
    );
  return segments.map(encodeURIComponent).join('/');
}

/** Not the SDK's own reading: it loses a key named `__proto__`, and takes an empty answer for an object without tags. */
function readTags(body: string): ReadonlyMap<string, string> {
  const { properties } = parsed(body) as { readonly properties?: { readonly tags?: unknown } | null };
  if (typeof properties !== 'object' || properties === null) throw unreadable();
  return new Map(storedTags(properties.tags));
}

function parsed(body: string | null | undefined): object {
  if (body === undefined || body === null || body.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null) return value;
  throw unreadable();
}

function unreadable(): CloudFailure {
  return new CloudFailure('transient', 'Azure answered with something that cannot be read', 'try again later');
}

/** Where a 202 answer says that its end is told. Only Resource Manager itself gets the token. */
function awaited(response: PipelineResponse, endpoint: string): string | null {
  const location = response.headers.get('azure-asyncoperation') ?? response.headers.get('location');
  if (location === undefined) return null;
  const url = URL.canParse(location, endpoint) ? new URL(location, endpoint) : null;
  if (url?.origin === new URL(endpoint).origin) return url.href;
  throw new CloudFailure(
    'refused',
    'Azure took the change and names another host to ask for its end',
    'read the tags again later',
  );
}

async function answered(sent: Promise<PipelineResponse>, api: CloudApi, target: CloudTarget): Promise<PipelineResponse> {
  let response: PipelineResponse;
  try {
    response = await sent;
  } catch (error) {
    throw failureBehind(error, api, target);
  }
  if (response.status >= 200 && response.status < 300) return response;
  throw failureOf(refusalOf(response), api, target);
}

function refusalOf(response: Pick<PipelineResponse, 'status' | 'headers' | 'bodyAsText'>): Refusal {
  return readRefusal(response.status, (name) => response.headers.get(name), response.bodyAsText ?? '');
}

function refusalBehind(error: unknown): Refusal | null {
  const response = (error as { readonly response?: PipelineResponse }).response;
  return response === undefined || response.status < 300 ? null : refusalOf(response);
}

function failureBehind(error: unknown, api: CloudApi, target: CloudTarget): unknown {
  if (error instanceof CloudFailure) return error;
  const refusal = refusalBehind(error);
  return refusal !== null ? failureOf(refusal, api, target) : (unansweredFailure(error) ?? error);
}

/**
 * Stops the SDK where it would send a request again: when Azure asks to renew the sign-in (a claims challenge), the SDK has fetched
 * and kept the renewed token by then, so that the next request, which is paced like every other, goes with it.
 */
function oneRequest(): PipelinePolicy {
  const tokens = new WeakMap<object, string | undefined>();
  return {
    name: 'oneRequest',
    sendRequest(request, next) {
      const token = request.headers.get('authorization');
      if (tokens.has(request)) {
        const renewed = tokens.get(request) !== token;
        throw renewed
          ? new CloudFailure('transient', 'Azure asked to renew the sign-in', 'sign in again if this goes on', { retryAfter: 0 })
          : new CloudFailure(
              'credentials',
              'Azure asks for a new sign-in, and the credentials give the old one',
              'sign in again',
            );
      }
      tokens.set(request, token);
      return next(request);
    },
  };
}
