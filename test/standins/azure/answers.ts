/** An answer of the stand-in. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Ids and times that real answers are full of, and that no report may show. */
export const CLIENT = '5ec4e7aa-0000-4000-8000-c11e47000000';
export const CORRELATION = '0c0e1a70-0000-4000-8000-c0ffee000000';
export const TIMESTAMP = '2026-07-12T12:30:52.0887451Z';

export function error(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: { error: { code, message } } };
}

/** Resource Graph says what is wrong in `details` (github.com/Azure/azure-cli-extensions/issues/3325). */
export function graphError(
  status: number,
  outer: string,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  const support = `Please provide below info when asking for support: timestamp = ${TIMESTAMP}, correlationId = ${CORRELATION}.`;
  return { status, headers, body: { error: { code: outer, message: support, details: [{ code, message }] } } };
}

export function denied(action: string, scope: string): Answer {
  return error(
    403,
    'AuthorizationFailed',
    `The client '${CLIENT}' with object id '${CLIENT}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

export function deniedByAssignment(action: string, scope: string): Answer {
  return error(
    403,
    'DenyAssignmentAuthorizationFailed',
    `The client '${CLIENT}' with object id '${CLIENT}' has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name 'Deny assignment ${CORRELATION}' and Id '${CORRELATION}' at scope '${scope}'.`,
  );
}

export function locked(scope: string): Answer {
  return error(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform write operation because following scope(s) are locked: '${scope}'. Please remove the lock and try again.`,
  );
}

export function missing(scope: string): Answer {
  const segments = scope.split('/');
  const subscription = segments[2] ?? '';
  if (segments.length <= 3) return error(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  const group = segments[4] ?? '';
  if (segments.length <= 5) return error(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  return error(
    404,
    'ResourceNotFound',
    `The Resource '${segments.slice(6).join('/')}' under resource group '${group}' was not found.`,
  );
}

export function expired(): Answer {
  return error(
    401,
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${TIMESTAMP}' is earlier than current UTC time '${TIMESTAMP}'.`,
    {
      'www-authenticate':
        'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="The access token has expired."',
    },
  );
}

/** A claims challenge (https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge). */
export function challenge(): Answer {
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1603742800"}}}').toString('base64');
  return error(401, 'InvalidAuthenticationToken', 'The access token has been revoked.', {
    'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`,
  });
}
