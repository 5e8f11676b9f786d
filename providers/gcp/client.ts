import { AssetServiceClient } from '@google-cloud/asset';
import { ProjectsClient, TagBindingsClient, TagValuesClient } from '@google-cloud/resource-manager';
import { type ClientOptions, type CloudClient, CloudFailure, type CloudTarget } from '../cloud.ts';
import {
  APIS,
  CREATE_BINDING,
  DELETE_BINDING,
  GET_OPERATION,
  GET_PROJECT,
  GET_TAG_VALUE,
  LIST_EFFECTIVE_TAGS,
  SEARCH,
} from './apis.ts';
import type { ProjectNames } from './asset-names.ts';
import { type Asked, CODE, codeOf, failureOf, printable, signInFailure } from './failures.ts';
import type { EffectiveTag, SearchResult } from './found.ts';
import { LocationClients } from './locations.ts';
import { quietly } from './quietly.ts';
import { openSession, type Requests, type Spot } from './session.ts';

/** How to reach a stand-in: one address that serves every host, which it tells apart by the request's authority. */
export interface GoogleConnection {
  readonly address: string;
  readonly port: number;
  /** Channel credentials of `@grpc/grpc-js`. */
  readonly sslCreds: unknown;
  /** Used instead of Application Default Credentials; as google-auth-library's `GoogleAuth`. */
  readonly auth: unknown;
}

// One `send` is one request: pacing and retries belong to `options.call`.
const ONCE = { retry: { retryCodes: [] }, timeout: 60_000 };
const PAGE = { ...ONCE, autoPaginate: false };
const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/** gRPC, with Application Default Credentials. */
export function createClient(options: ClientOptions): CloudClient {
  const connection = options.connection as GoogleConnection | undefined;
  const reach = (host: string) => ({
    apiEndpoint: connection?.address ?? host,
    'grpc.enable_retries': 0,
    ...(connection && {
      port: connection.port,
      sslCreds: connection.sslCreds,
      projectId: 'unused',
      'grpc.default_authority': host,
    }),
  });
  const projects = new ProjectsClient({
    ...reach('cloudresourcemanager.googleapis.com'),
    scopes: SCOPES,
    ...(connection && { auth: connection.auth }),
  } as never);
  const shared = (host: string) => ({ ...reach(host), auth: projects.auth }) as never;
  const values = new TagValuesClient(shared('cloudresourcemanager.googleapis.com'));
  const assets = new AssetServiceClient(shared('cloudasset.googleapis.com'));
  const locations = new LocationClients((location) => {
    const prefix = location === 'global' ? '' : `${location}-`;
    return new TagBindingsClient(shared(`${prefix}cloudresourcemanager.googleapis.com`));
  });

  const signIn = async (): Promise<void> => {
    try {
      await quietly(async () => {
        await projects.auth.getClient();
        // What goes wrong here, the SDK would throw where nobody catches it.
        await projects.initialize();
      });
    } catch (error) {
      throw signInFailure(error);
    }
  };
  const requests: Requests = {
    async search(target, query, mask, pageToken) {
      const asked = { what: 'the asset inventory', project: target.account, permission: SEARCH.permissions[0] ?? null };
      const request = { scope: `projects/${target.account}`, query, readMask: { paths: [...mask] }, pageSize: 500, pageToken };
      const [, , page] = await send(options, SEARCH, target, asked, () => assets.searchAllResources(request, { ...PAGE }));
      return { results: (page?.results ?? []) as readonly SearchResult[], next: page?.nextPageToken ?? '' };
    },

    async effectiveTags(target, spot, settled) {
      const asked = {
        what: `tags of \`${spot.id}\``,
        project: target.account,
        permission: `${spot.kind}.listEffectiveTags`,
        location: spot.location,
      };
      const found: EffectiveTag[] = [];
      let pageToken = '';
      do {
        const page = await send(options, LIST_EFFECTIVE_TAGS, target, asked, async () => {
          const request = { parent: spot.parent, pageSize: 300, pageToken };
          const [, , answer] = await orGone(
            locations.use(spot.location, (client) => client.listEffectiveTags(request, { ...PAGE })),
          );
          if (answer !== null && !answer.nextPageToken)
            settled?.([...found, ...((answer.effectiveTags ?? []) as EffectiveTag[])]);
          return answer;
        });
        if (page === null) return null;
        found.push(...((page?.effectiveTags ?? []) as EffectiveTag[]));
        pageToken = page?.nextPageToken ?? '';
      } while (pageToken !== '');
      return found;
    },

    async tagValue(target, name) {
      const asked = {
        what: `tag value \`${printable(name)}\``,
        project: target.account,
        permission: GET_TAG_VALUE.permissions[0] ?? null,
      };
      const [value] = await send(options, GET_TAG_VALUE, target, asked, () =>
        orGone(values.getNamespacedTagValue({ name }, { ...ONCE })),
      );
      return value?.name ?? null;
    },

    bind: (target, spot, valueId) =>
      operate(target, spot, CREATE_BINDING, 'createTagBinding', CODE.exists, (client) =>
        client.createTagBinding({ tagBinding: { parent: spot.parent, tagValue: valueId } }, { ...ONCE }),
      ),

    unbind: (target, spot, valueId) =>
      operate(target, spot, DELETE_BINDING, 'deleteTagBinding', CODE.notFound, (client) =>
        client.deleteTagBinding({ name: `tagBindings/${encodeURIComponent(spot.parent)}/${valueId}` }, { ...ONCE }),
      ),
  };

  /** Starts an operation, and asks until it is done. `fulfilled`: the code that says that things are already as wanted. */
  async function operate(
    target: CloudTarget,
    spot: Spot,
    api: typeof CREATE_BINDING,
    verb: string,
    fulfilled: number,
    start: (
      client: TagBindingsClient,
    ) => Promise<
      readonly { readonly latestResponse: Operation }[] | readonly [{ readonly latestResponse: Operation }, ...unknown[]]
    >,
  ): Promise<void> {
    const asked = {
      what: `tags of \`${spot.id}\``,
      project: target.account,
      permission: `${spot.kind}.${verb}`,
      location: spot.location,
    };
    const judge = (operation: Operation): Operation => {
      if (operation.error && operation.error.code !== fulfilled) throw failureOf(operation.error, asked);
      return operation;
    };
    const started = await send(options, api, target, asked, async () => {
      try {
        const [operation] = await locations.use(spot.location, start);
        return judge((operation as { readonly latestResponse: Operation }).latestResponse);
      } catch (error) {
        if (codeOf(error) === fulfilled) return null;
        throw error;
      }
    });
    if (started === null || started.done) return;
    await send(options, GET_OPERATION, target, asked, async () => {
      const [operation] = await locations.use(spot.location, (client) =>
        client.operationsClient.getOperation({ name: started.name ?? '' } as never, { ...ONCE }),
      );
      if ((operation as Operation).done) return judge(operation as Operation);
      throw new CloudFailure('transient', `Google Cloud is still at it: ${asked.what}`, 'read again later', {
        retryAfter: 1_000,
      });
    });
  }

  return {
    apis: APIS,
    async open(target) {
      await signIn();
      return openSession(target, await projectNames(options, projects, target), requests);
    },
    async close() {
      await Promise.all([projects.close(), values.close(), assets.close(), locations.close()]);
    },
  };
}

/** The members of `google.longrunning.Operation` that are read. */
interface Operation {
  readonly name?: string | null;
  readonly done?: boolean | null;
  readonly error?: { readonly code?: number | null; readonly message?: string | null } | null;
}

async function projectNames(options: ClientOptions, projects: ProjectsClient, target: CloudTarget): Promise<ProjectNames> {
  const { account } = target;
  const asked = { what: `project \`${account}\``, project: account, permission: GET_PROJECT.permissions[0] ?? null };
  const [project] = await send(options, GET_PROJECT, target, asked, () =>
    projects.getProject({ name: `projects/${account}` }, { ...ONCE }),
  );
  const number = /^projects\/(\d+)$/.exec(project.name ?? '')?.[1];
  if (number === undefined || !project.projectId) {
    throw new CloudFailure('transient', `Google Cloud does not tell the number of project \`${account}\``, 'try again later');
  }
  if (project.state !== 'ACTIVE' && project.state !== 1) {
    throw new CloudFailure('unknown-place', `project \`${account}\` is being deleted`, 'take it out of the scan, or restore it');
  }
  return { account, id: project.projectId, number };
}

function send<T>(
  options: ClientOptions,
  api: typeof SEARCH,
  target: CloudTarget,
  asked: Asked,
  request: () => Promise<T>,
): Promise<T> {
  return options.call(api, target, async () => {
    try {
      return await request();
    } catch (error) {
      throw failureOf(error, asked);
    }
  });
}

/** A missing thing is an answer: nulls. */
async function orGone<T extends readonly unknown[]>(answer: Promise<T>): Promise<T | readonly [null, null, null]> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === CODE.notFound) return [null, null, null];
    throw error;
  }
}
