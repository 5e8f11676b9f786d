import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { protobuf } from 'google-gax';

const require = createRequire(import.meta.url);
const root = protobuf.Root.fromJSON(gaxProtos('status.json'));

/** Protos that google-gax ships and does not export. */
export function gaxProtos(name: string) {
  return JSON.parse(readFileSync(join(dirname(require.resolve('google-gax')), '..', 'protos', name), 'utf8'));
}

/** A detail of google.rpc.Status: the name of its message and its members. */
export type Detail = readonly [type: 'ErrorInfo' | 'RetryInfo' | 'BadRequest' | 'ResourceInfo', members: Record<string, unknown>];

/** An error as Google's servers send it: code, text, and details in the trailer `grpc-status-details-bin`. */
export function serviceError(code: number, details: string, more: readonly Detail[] = []): Partial<StatusObject> {
  const type = root.lookupType('google.rpc.Status');
  const message = type.fromObject({
    code,
    message: details,
    details: more.map(([name, members]) => {
      const detail = root.lookupType(`google.rpc.${name}`);
      return { type_url: `type.googleapis.com/google.rpc.${name}`, value: detail.encode(detail.fromObject(members)).finish() };
    }),
  });
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(type.encode(message).finish()));
  return { code, details, metadata };
}

const info = (reason: string, metadata: Record<string, string>): Detail => [
  'ErrorInfo',
  { reason, domain: 'googleapis.com', metadata },
];

export const denied = (permission: string, resource: string) =>
  serviceError(status.PERMISSION_DENIED, `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`, [
    ['ErrorInfo', { reason: 'IAM_PERMISSION_DENIED', domain: 'iam.googleapis.com', metadata: { permission, resource } }],
  ]);

/** As recorded: gist.github.com/danjamesmay/ce3e049831e6f6bb323964717d9f02b6. */
export const throttled = (service: string, metric: string, retryAfter: number | null) =>
  serviceError(
    status.RESOURCE_EXHAUSTED,
    `Quota exceeded for quota metric '${metric}' and limit '${metric} per minute' of service '${service}' for consumer 'project_number:12345678910'.`,
    [
      info('RATE_LIMIT_EXCEEDED', { service, consumer: 'projects/12345678910' }),
      ...(retryAfter === null
        ? []
        : [
            ['RetryInfo', { retryDelay: { seconds: Math.floor(retryAfter / 1000), nanos: (retryAfter % 1000) * 1e6 } }] as Detail,
          ]),
    ],
  );

export const disabled = (service: string, consumer: string) =>
  serviceError(status.PERMISSION_DENIED, `${service} has not been used in project ${consumer} before or it is disabled.`, [
    info('SERVICE_DISABLED', { service, consumer: `projects/${consumer}` }),
  ]);

export const unauthenticated = () =>
  serviceError(
    status.UNAUTHENTICATED,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    [info('ACCESS_TOKEN_EXPIRED', { service: 'cloudresourcemanager.googleapis.com' })],
  );

/** The text of google-cloud-python issue 12849. */
export const wrongLocation = () => {
  const description =
    'Must be a valid One Platform resource name of a tag-compatible global resource. Did you forget to specify the correct location?';
  return serviceError(status.INVALID_ARGUMENT, `field [binding.resource] has issue [${description}]`, [
    ['BadRequest', { fieldViolations: [{ field: 'binding.resource', description }] }],
  ]);
};

export const invalid = (text: string) => serviceError(status.INVALID_ARGUMENT, text);
export const notFound = (what: string) => serviceError(status.NOT_FOUND, `Requested entity was not found: ${what}`);
