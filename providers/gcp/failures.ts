import { CloudFailure } from '../cloud.ts';

/** What a request was about, for the line that tells of its failure. */
export interface Asked {
  /** `the tags of //storage.googleapis.com/x`, as a part of a sentence. */
  readonly what: string;
  readonly project: string;
  /** The permission that the request needs, where the answer does not name it. */
  readonly permission: string | null;
  readonly location?: string;
}

/** The members of a google-gax error that are read; the class itself stays with the SDK. */
interface Thrown {
  readonly code?: number | string;
  readonly message?: string;
  readonly details?: string;
  readonly reason?: string;
  readonly errorInfoMetadata?: Readonly<Record<string, string>>;
  readonly statusDetails?: readonly unknown[];
}

/** Canonical codes (google.rpc.Code). */
export const CODE = {
  cancelled: 1,
  unknown: 2,
  invalid: 3,
  deadline: 4,
  notFound: 5,
  exists: 6,
  denied: 7,
  exhausted: 8,
  precondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const SIGN_IN =
  'sign in with `gcloud auth application-default login`, or give the job a service account or a workload identity federation';

export function codeOf(error: unknown): number | null {
  const code = (error as Thrown | null)?.code;
  return typeof code === 'number' ? code : null;
}

/** No credentials, or such as the sign-in service does not take: found before any request is sent. */
export function signInFailure(error: unknown): CloudFailure {
  const thrown = (error ?? {}) as Thrown;
  const text = thrown.details ?? thrown.message ?? String(error);
  if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|socket hang up|network/i.test(text)) {
    return new CloudFailure(
      'transient',
      'the sign-in service of Google Cloud did not answer',
      'see whether this machine reaches `oauth2.googleapis.com`',
      { cause: error },
    );
  }
  if (/Could not load the default credentials/i.test(text)) {
    return new CloudFailure('credentials', 'there are no Google Cloud credentials', SIGN_IN, { cause: error });
  }
  const why = /invalid_grant|invalid_rapt|reauth|expired/i.test(text) ? 'have expired or were revoked' : 'are not accepted';
  return new CloudFailure('credentials', `the Google Cloud credentials ${why}`, SIGN_IN, { cause: error });
}

export function failureOf(error: unknown, asked: Asked): CloudFailure {
  if (error instanceof CloudFailure) return error;
  const thrown = (error ?? {}) as Thrown;
  // Not an answer of the cloud: a mistake of ours, which no retry mends.
  if (thrown.code === undefined) throw error;
  const text = thrown.details ?? thrown.message ?? '';
  // Tokens are fetched while a request is sent, so their failure looks like an answer.
  if (/^(\d+ [A-Z_]+: )?Getting metadata from plugin failed/.test(text)) return signInFailure(error);
  const more = { cause: error, retryAfter: retryAfter(thrown) };
  const { what, project } = asked;
  switch (codeOf(error)) {
    case CODE.unauthenticated:
      return new CloudFailure(
        'credentials',
        'Google Cloud does not accept the credentials: they have expired or were revoked',
        SIGN_IN,
        more,
      );
    case CODE.denied:
      return denied(thrown, asked);
    case CODE.notFound:
      return new CloudFailure(
        'unknown-place',
        `there is no such thing: ${what}`,
        `see whether project \`${project}\` is the right one`,
        more,
      );
    case CODE.exhausted:
      return new CloudFailure(
        'throttled',
        `Google Cloud throttles: ${what}`,
        'it is tried again for a while; a lower rate helps',
        more,
      );
    case CODE.aborted:
      return new CloudFailure('transient', `somebody else changed it at the same time: ${what}`, 'try again', more);
    case CODE.cancelled:
    case CODE.unknown:
    case CODE.deadline:
    case CODE.internal:
    case CODE.unavailable:
      return new CloudFailure('transient', `Google Cloud failed to answer: ${what}`, 'try again later', more);
    case CODE.invalid:
      return invalid(thrown, text, asked);
    default:
      return refused(thrown, text, asked);
  }
}

function denied(thrown: Thrown, { what, project, permission }: Asked): CloudFailure {
  const info = thrown.errorInfoMetadata ?? {};
  if (thrown.reason === 'SERVICE_DISABLED' || thrown.reason === 'USER_PROJECT_DENIED' || thrown.reason === 'BILLING_DISABLED') {
    return switchedOff(thrown, project);
  }
  const told = info.permission;
  const missing = told !== undefined && /^[a-z][\w]*(\.\w+)+$/i.test(told) ? told : permission;
  const name = missing === null ? 'a permission' : `\`${missing}\``;
  return new CloudFailure(
    'denied',
    `${name} is denied in project \`${project}\`, or there is no such thing: ${what}`,
    `grant a role that holds ${name}; docs/permissions/google.scan.yaml and google.repair.yaml hold what a scan and a repair need`,
    { cause: thrown, permission: missing },
  );
}

function switchedOff(thrown: Thrown, project: string): CloudFailure {
  const info = thrown.errorInfoMetadata ?? {};
  const service = /^[a-z]+\.googleapis\.com$/.test(info.service ?? '') ? info.service : 'the API';
  const consumer = /^projects\/([a-z0-9:.-]+)$/.exec(info.consumer ?? '')?.[1] ?? project;
  if (thrown.reason === 'USER_PROJECT_DENIED') {
    return new CloudFailure(
      'denied',
      `the credentials may not use project \`${consumer}\` for quota`,
      'grant `roles/serviceusage.serviceUsageConsumer` there, or name another quota project',
      { cause: thrown, permission: 'serviceusage.services.use' },
    );
  }
  const more = { cause: thrown };
  if (thrown.reason === 'BILLING_DISABLED') {
    return new CloudFailure('unknown-place', `billing is off in project \`${consumer}\``, 'link it to a billing account', more);
  }
  const hint = `run \`gcloud services enable ${service} --project ${consumer}\``;
  return new CloudFailure('unknown-place', `\`${service}\` is switched off in project \`${consumer}\``, hint, more);
}

function invalid(thrown: Thrown, text: string, asked: Asked): CloudFailure {
  if (/specify the correct location|does not match service location/i.test(text)) {
    return new CloudFailure(
      'unknown-place',
      `it does not stand in location \`${asked.location ?? 'global'}\`: ${asked.what}`,
      'refresh the state, so that it tells the right location',
      { cause: thrown },
    );
  }
  if (/page.?token/i.test(text)) {
    return new CloudFailure('refused', `the pages broke off, their token has expired: ${asked.what}`, 'run the scan again', {
      cause: thrown,
    });
  }
  return refused(thrown, text, asked);
}

function refused(thrown: Thrown, text: string, asked: Asked): CloudFailure {
  if (codeOf(thrown) === null) {
    return new CloudFailure('transient', `the request did not get through: ${asked.what}`, 'try again later', { cause: thrown });
  }
  const said = quoted(text);
  return new CloudFailure('refused', `Google Cloud refuses: ${asked.what}${said === '' ? '' : `: ${said}`}`, 'see what it says', {
    cause: thrown,
  });
}

/** The cloud's own words in one line, without what may be a token, an id of a request or a time. */
function quoted(text: string): string {
  return text
    .replace(/^\d+ [A-Z_]+: /, '')
    .split(/\s+/)
    .filter((word) => !/^\W*(ya29\.|eyJ)|\d{4}-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}-|[A-Za-z0-9+/_=-]{40,}/.test(word))
    .map(printable)
    .join(' ')
    .slice(0, 300);
}

/** Text of others in a line of ours. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** google.rpc.RetryInfo, in milliseconds. */
function retryAfter(thrown: Thrown): number | null {
  for (const detail of thrown.statusDetails ?? []) {
    const delay = (detail as { retryDelay?: { seconds?: unknown; nanos?: unknown } | null } | null)?.retryDelay;
    if (delay === undefined || delay === null) continue;
    const milliseconds = Number(delay.seconds ?? 0) * 1_000 + Number(delay.nanos ?? 0) / 1e6;
    if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  }
  return null;
}
