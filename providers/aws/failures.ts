import { type CloudApi, CloudFailure, type CloudTarget, type FailureKind } from '../cloud.ts';

/** What an error of the SDK holds (`ServiceException`, `CredentialsProviderError`, errors of node's sockets). */
interface SdkError {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
  'TokenRefreshRequiredException',
]);
/** AWS does not know the access key, in this region at least. */
const UNKNOWN_KEY = new Set(['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'AuthFailure']);
const BAD_SIGNATURE = new Set([
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
]);
const SKEWED = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture']);
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'UnauthorizedException',
  'NotAuthorizedException',
  'AuthorizationError',
  'AuthorizationErrorException',
]);
const NO_PLACE = new Set([
  'OptInRequired',
  'SubscriptionRequiredException',
  'RegionDisabledException',
  'UnknownEndpoint',
  'ENOTFOUND',
]);
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'SlowDown',
  'EC2ThrottledException',
]);
const TRANSIENT = new Set([
  'InternalServiceException',
  'InternalServerException',
  'InternalServerError',
  'InternalFailure',
  'InternalError',
  'InternalErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ServiceFailure',
  'ServiceFailureException',
  'ResourceContention',
  'ResourceContentionFault',
  'ConcurrentModification',
  'ConcurrentModificationException',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  'AbortError',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Error codes by failure; kept aside, because a cause holds request ids and headers. */
const CODES = new WeakMap<CloudFailure, string>();

export function codeOf(failure: CloudFailure): string {
  return CODES.get(failure) ?? '';
}

export const isExpired = (failure: CloudFailure): boolean => EXPIRED.has(codeOf(failure));
export const isUnknownKey = (failure: CloudFailure): boolean => UNKNOWN_KEY.has(codeOf(failure));

/** Whether trying the same again may help. */
export const isPassing = (failure: CloudFailure): boolean => failure.kind === 'throttled' || failure.kind === 'transient';

/** Whether an error code of one item of an answer is one that may pass; `status` is the item's own HTTP status. */
export function itemKind(code: string, status: number): FailureKind {
  if (THROTTLED.has(code) || status === 429) return 'throttled';
  // The tagging API also says InternalServiceException, with status 404 or 400, of a type that it does not support.
  if (TRANSIENT.has(code)) return status >= 400 && status < 500 ? 'refused' : 'transient';
  if (DENIED.has(code) || status === 403) return 'denied';
  return status >= 500 ? 'transient' : 'refused';
}

/** One clear line for what the SDK rejected with. */
export function failureOf(error: unknown, api: CloudApi, target: CloudTarget): CloudFailure {
  if (error instanceof CloudFailure) return error;
  const sdk = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as SdkError;
  const code = namedCode(sdk);
  const failure = described(code, sdk, api, target);
  CODES.set(failure, code);
  return failure;
}

/** Codes are words; what an address that is not AWS says instead does not reach a message. */
function namedCode({ code, Code, name }: SdkError): string {
  const said = [Code, code, name].find((text) => typeof text === 'string' && text !== '' && text !== 'Error') ?? '';
  return /^[A-Za-z][\w.-]{0,79}$/.test(said) ? said : 'unknown error';
}

function described(code: string, sdk: SdkError, api: CloudApi, target: CloudTarget): CloudFailure {
  const status = sdk.$metadata?.httpStatusCode ?? 0;
  const place = `account ${target.account || 'of the caller'} in ${target.region}`;
  if (NO_CREDENTIALS.has(code)) {
    return new CloudFailure(
      'credentials',
      'no AWS credentials were found',
      'set AWS_PROFILE, or the environment variables, web identity or instance role that the AWS SDK reads',
    );
  }
  if (EXPIRED.has(code)) {
    return new CloudFailure(
      'credentials',
      'the AWS credentials have expired',
      'sign in again, or give credentials that last for the whole run',
    );
  }
  if (UNKNOWN_KEY.has(code)) {
    return new CloudFailure(
      'credentials',
      `AWS does not accept the access key (${code})`,
      'it may be deleted, switched off, or of another partition',
    );
  }
  if (BAD_SIGNATURE.has(code)) {
    return new CloudFailure(
      'credentials',
      `AWS does not accept the signature of the credentials (${code})`,
      'check the secret key and the session token',
    );
  }
  if (SKEWED.has(code)) {
    return new CloudFailure('credentials', `AWS refuses the request because of its time (${code})`, "set this machine's clock");
  }
  if (DENIED.has(code)) return deniedHere(place, sdk, api);
  if (NO_PLACE.has(code)) {
    return new CloudFailure(
      'unknown-place',
      `region ${target.region} does not answer for ${api.name} (${code})`,
      'check the name of the region, that it is enabled in the account, and the network',
    );
  }
  if (THROTTLED.has(code) || status === 429) {
    return new CloudFailure('throttled', `AWS throttles ${api.name} in ${place}`, 'run again later, or lower the rate of calls', {
      retryAfter: retryAfter(sdk),
    });
  }
  if (TRANSIENT.has(code) || status >= 500) {
    return new CloudFailure('transient', `AWS did not answer ${api.name} in ${place} (${code})`, 'run again later', {
      retryAfter: retryAfter(sdk),
    });
  }
  if (status === 401 || status === 403) return deniedHere(place, sdk, api);
  return new CloudFailure(
    'refused',
    `AWS refuses ${api.name} in ${place} (${code})`,
    'see what the error means for this API in the AWS documentation',
  );
}

function deniedHere(place: string, { message }: SdkError, api: CloudApi): CloudFailure {
  const permission = deniedPermission(message) ?? api.permissions[0] ?? null;
  const hint = `allow ${permission ?? api.name}, and see that no policy of the organization denies it`;
  return new CloudFailure('denied', `${place} denies ${api.name}`, hint, { permission });
}

/** `User: ... is not authorized to perform: iam:ListRoleTags on resource: ...` */
export function deniedPermission(message: string | undefined): string | null {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message ?? '')?.[1] ?? null;
}

/** Seconds, or a date that tells nothing without a clock. */
function retryAfter({ $response }: SdkError): number | null {
  const seconds = $response?.headers?.['retry-after'] ?? '';
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
