import { type CloudApi, CloudFailure, type CloudTarget } from '../cloud.ts';

/** What Azure answered instead of what was asked for. */
export interface Refusal {
  /** HTTP status; 0 = a failed operation that was reported with another status. */
  readonly status: number;
  /** Error codes, the outermost first; those of `details` follow. Empty = the body said none. */
  readonly codes: readonly string[];
  /** The vendor's sentence: it holds ids and times, so it is read, never shown. */
  readonly message: string;
  readonly header: (name: string) => string | undefined;
}

export function readRefusal(status: number, header: Refusal['header'], body: string): Refusal {
  let error: unknown;
  try {
    error = JSON.parse(body);
  } catch {
    error = null;
  }
  return { status, header, ...readError(error) };
}

/** Codes and sentence of `{ error: { code, message, details } }`, with or without the outer object. */
export function readError(body: unknown): { readonly codes: readonly string[]; readonly message: string } {
  const outer = fields(body);
  const error = outer.error === undefined ? outer : fields(outer.error);
  const details = Array.isArray(error.details) ? error.details.map(fields) : [];
  const codes = [error, ...details].map((each) => each.code).filter((code) => typeof code === 'string');
  const messages = [error, ...details].map((each) => each.message).filter((message) => typeof message === 'string');
  return { codes, message: messages.join(' ') };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const GONE = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'NotFound']);

/** Whether Azure says that the object is not there. A 404 that does not say what is missing proves nothing. */
export function saysGone(refusal: Refusal): boolean {
  return refusal.status === 404 && refusal.codes.some((code) => GONE.has(code));
}

/** Whether Azure says that objects of this type have no tags. It publishes no code for that, so its sentence is read as well. */
export function saysNotTaggable(refusal: Refusal): boolean {
  const client = refusal.status >= 400 && refusal.status < 500 && refusal.status !== 401 && refusal.status !== 403;
  return client && /\b(does not|doesn't|do not|cannot) (support|have) (tags|tagging)\b/i.test(refusal.message);
}

const NO_SUBSCRIPTION = new Set(['SubscriptionNotFound', 'InvalidSubscriptionId', 'NoValidSubscriptionsInQueryRequest']);
const BUSY = new Set([
  'ConflictingConcurrentWriteNotAllowed',
  'AnotherOperationInProgress',
  'RetryableError',
  'RetryableErrorDueToAnotherOperation',
  'OperationInProgress',
]);
const UNREGISTERED = new Set(['MissingSubscriptionRegistration', 'SubscriptionNotRegistered']);
const DISABLED = new Set(['ReadOnlyDisabledSubscription', 'SubscriptionDisabled', 'DisabledSubscription']);

const ROLE = 'the roles in docs/permissions/ hold what a scan and a repair need; assign one on the subscription';

/** One clear line for what Azure refused, with what to do. Nothing of the vendor's sentence but the name of an action stands in it. */
export function failureOf(refusal: Refusal, api: CloudApi, target: CloudTarget): CloudFailure {
  const { status } = refusal;
  const has = (codes: ReadonlySet<string>) => refusal.codes.some((code) => codes.has(code));
  const is = (code: string) => refusal.codes.includes(code);
  const subscription = `subscription \`${target.account}\``;
  const retryAfter = retryAfterOf(refusal);
  const refused = (message: string, hint: string) => new CloudFailure('refused', message, hint);
  if (has(NO_SUBSCRIPTION))
    return new CloudFailure(
      'unknown-place',
      `there is no ${subscription} that the caller can see`,
      'check the subscription id, the tenant that was signed in to, and that the caller has a role in the subscription',
    );
  if (status === 401) return unauthorised(refusal, subscription);
  if (has(DISABLED)) return refused(`${subscription} is disabled and can only be read`, 'enable the subscription again');
  if (is('RequestDisallowedByPolicy') || is('RequestDisallowedByAzure'))
    return refused(
      'a policy of Azure does not allow these tags',
      'see which policy assignment denies them (Azure Policy, compliance)',
    );
  if (status === 403) return denied(refusal, api, subscription);
  if (status === 429)
    return new CloudFailure(
      'throttled',
      `Azure throttles \`${api.name}\``,
      'wait, or scan with fewer other callers of the same principal',
      {
        retryAfter,
      },
    );
  if (is('ScopeLocked'))
    return refused(
      'a lock forbids changing the object',
      'remove the ReadOnly lock (`az lock list`), or leave the object as it is',
    );
  if (has(BUSY))
    return new CloudFailure('transient', 'another change of the object is under way', 'try again later', { retryAfter });
  if (has(UNREGISTERED))
    return new CloudFailure(
      'unknown-place',
      `the resource provider is not registered in ${subscription}`,
      'register it with `az provider register --namespace NAMESPACE`',
    );
  if (status === 408 || (status >= 500 && status !== 501))
    return new CloudFailure('transient', `Azure failed to answer \`${api.name}\` (HTTP ${status})`, 'try again later', {
      retryAfter,
    });
  if (saysGone(refusal)) return refused('the object is gone', 'nothing was written');
  if (status === 404)
    return new CloudFailure(
      'unconfirmed',
      `Azure found nothing for \`${api.name}\` and did not say what is missing`,
      'look the object up in the portal',
    );
  return refused(
    `Azure refuses \`${api.name}\` (${nameOf(refusal)})`,
    'the request is not taken as it is; see the code in the Azure documentation',
  );
}

function unauthorised(refusal: Refusal, subscription: string): CloudFailure {
  if (refusal.codes.includes('ExpiredAuthenticationToken'))
    return new CloudFailure(
      'credentials',
      'the access token for Azure has expired',
      'sign in again and repeat the command; what is done is kept',
    );
  if (refusal.codes.includes('InvalidAuthenticationTokenTenant'))
    return new CloudFailure(
      'credentials',
      `the access token is of another tenant than ${subscription}`,
      'sign in to the tenant of the subscription (`az login --tenant TENANT`, or AZURE_TENANT_ID)',
    );
  return new CloudFailure('credentials', `Azure does not accept the access token (${nameOf(refusal)})`, 'sign in again');
}

const ACTION = /perform action(?:\(s\))? '([A-Za-z0-9.]{1,80}(?:\/[A-Za-z0-9.*]{1,80}){1,8})'/;

function denied(refusal: Refusal, api: CloudApi, subscription: string): CloudFailure {
  const permission = ACTION.exec(refusal.message)?.[1] ?? (api.permissions.at(-1) as string);
  if (refusal.codes.includes('DenyAssignmentAuthorizationFailed'))
    return new CloudFailure(
      'denied',
      `a deny assignment forbids \`${permission}\``,
      'deny assignments belong to managed applications and deployment stacks: tag the object through what manages it',
      { permission },
    );
  return new CloudFailure('denied', `the caller lacks \`${permission}\` in ${subscription}`, ROLE, { permission });
}

/** A code as Azure spells it, else the HTTP status: bodies are foreign text. */
function nameOf(refusal: Refusal): string {
  const code = refusal.codes.find((each) => /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(each));
  if (code !== undefined) return `\`${code}\``;
  return refusal.status === 0 ? 'it gives no code' : `HTTP ${refusal.status}`;
}

/** Milliseconds from `Retry-After` (seconds, or a date measured against the answer's own) or Resource Graph's quota header; null = unsaid. */
export function retryAfterOf({ header }: Pick<Refusal, 'header'>): number | null {
  const milliseconds = header('x-ms-retry-after-ms') ?? header('retry-after-ms');
  if (milliseconds !== undefined && /^\d{1,9}$/.test(milliseconds)) return Number(milliseconds);
  const after = header('retry-after');
  if (after !== undefined && /^\d{1,6}$/.test(after)) return Number(after) * 1000;
  const [until, now] = [Date.parse(after ?? ''), Date.parse(header('date') ?? '')];
  if (!Number.isNaN(until) && !Number.isNaN(now)) return Math.max(0, until - now);
  const [, hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d)/.exec(header('x-ms-user-quota-resets-after') ?? '') ?? [];
  return seconds === undefined ? null : (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
