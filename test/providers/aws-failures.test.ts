import { describe, expect, it } from 'vitest';
import { GET_RESOURCES } from '../../providers/aws/apis.ts';
import { failureOf, itemKind } from '../../providers/aws/failures.ts';
import { CloudFailure } from '../../providers/cloud.ts';
import { target } from './aws-calls.ts';

/** An error as the SDK rejects with it. */
function thrown(code: string, status: number, more: object = {}): Error {
  const message = 'Request id 0f0f, token FwoGZXIvYXdzE, at 2026-11-20T12:00:00Z';
  return Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status }, ...more });
}

describe('what the SDK rejects with', () => {
  it.each<[string, number, string, string]>([
    // AWS general reference, "Common errors".
    ['ExpiredTokenException', 400, 'credentials', 'the AWS credentials have expired'],
    ['RequestExpired', 400, 'credentials', 'the AWS credentials have expired'],
    ['UnrecognizedClientException', 400, 'credentials', 'AWS does not accept the access key (UnrecognizedClientException)'],
    ['InvalidClientTokenId', 403, 'credentials', 'AWS does not accept the access key (InvalidClientTokenId)'],
    ['SignatureDoesNotMatch', 403, 'credentials', 'AWS does not accept the signature of the credentials (SignatureDoesNotMatch)'],
    [
      'InvalidSignatureException',
      400,
      'credentials',
      'AWS does not accept the signature of the credentials (InvalidSignatureException)',
    ],
    ['RequestTimeTooSkewed', 403, 'credentials', 'AWS refuses the request because of its time (RequestTimeTooSkewed)'],
    ['AccessDeniedException', 400, 'denied', 'account 123456789012 in eu-central-1 denies tag:GetResources'],
    ['SomethingNew', 403, 'denied', 'account 123456789012 in eu-central-1 denies tag:GetResources'],
    ['OptInRequired', 403, 'unknown-place', 'region eu-central-1 does not answer for tag:GetResources (OptInRequired)'],
    ['ThrottledException', 400, 'throttled', 'AWS throttles tag:GetResources in account 123456789012 in eu-central-1'],
    ['RequestLimitExceeded', 503, 'throttled', 'AWS throttles tag:GetResources in account 123456789012 in eu-central-1'],
    ['SomethingNew', 429, 'throttled', 'AWS throttles tag:GetResources in account 123456789012 in eu-central-1'],
    [
      'InternalServiceException',
      500,
      'transient',
      'AWS did not answer tag:GetResources in account 123456789012 in eu-central-1 (InternalServiceException)',
    ],
    [
      'SomethingNew',
      502,
      'transient',
      'AWS did not answer tag:GetResources in account 123456789012 in eu-central-1 (SomethingNew)',
    ],
    [
      'ValidationException',
      400,
      'refused',
      'AWS refuses tag:GetResources in account 123456789012 in eu-central-1 (ValidationException)',
    ],
    ['<html>\u001b[31m', 404, 'refused', 'AWS refuses tag:GetResources in account 123456789012 in eu-central-1 (unknown error)'],
  ])('%s with status %i is %s', (code, status, kind, message) => {
    expect(failureOf(thrown(code, status), GET_RESOURCES, target())).toMatchObject({ kind, message });
  });

  it.each<[string, string]>([
    ['ENOTFOUND', 'unknown-place'],
    ['ECONNREFUSED', 'transient'],
    ['ECONNRESET', 'transient'],
    ['EAI_AGAIN', 'transient'],
  ])('a connection that ends in %s is %s', (code, kind) => {
    const error = Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code });
    const failure = failureOf(error, GET_RESOURCES, target());
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(code);
    expect(failure.message).not.toContain('127.0.0.1');
  });

  it('tells no ids, tokens or times, and no more than one line', () => {
    for (const code of ['AccessDenied', 'ValidationError', 'InternalFailure', 'ExpiredToken', 'Throttling']) {
      const { message, hint, cause } = failureOf(thrown(code, 400), GET_RESOURCES, target());
      expect(`${message} ${hint}`).not.toMatch(/0f0f|FwoGZ|2026|\n/);
      expect(cause).toBeUndefined();
    }
  });

  it('names the permission that AWS names, else that of the API', () => {
    const said = {
      message: 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: iam:ListRoleTags on resource: role r',
    };
    expect(failureOf(thrown('AccessDenied', 403, said), GET_RESOURCES, target()).permission).toBe('iam:ListRoleTags');
    expect(failureOf(thrown('AccessDenied', 403), GET_RESOURCES, target()).permission).toBe('tag:GetResources');
  });

  it('waits as long as AWS asks, if it says so in seconds', () => {
    const told = (value: string) =>
      failureOf(thrown('Throttling', 400, { $response: { headers: { 'retry-after': value } } }), GET_RESOURCES, target());
    expect(told('3').retryAfter).toBe(3000);
    expect(told('0').retryAfter).toBe(0);
    expect(told('Wed, 21 Oct 2026 07:28:00 GMT').retryAfter).toBeNull();
    expect(told('').retryAfter).toBeNull();
  });

  it('passes its own failures on', () => {
    const own = new CloudFailure('throttled', 'm', 'h');
    expect(failureOf(own, GET_RESOURCES, target())).toBe(own);
    expect(failureOf('text', GET_RESOURCES, target()).kind).toBe('refused');
  });
});

describe('what fails inside a good answer', () => {
  it.each<[string, number, string]>([
    ['ThrottlingException', 400, 'throttled'],
    ['SomethingNew', 429, 'throttled'],
    ['InternalServiceException', 500, 'transient'],
    ['InternalServiceException', 0, 'transient'],
    ['InternalServiceException', 404, 'refused'],
    ['AccessDeniedException', 400, 'denied'],
    ['UnauthorizedOperation', 403, 'denied'],
    ['InvalidParameterException', 400, 'refused'],
  ])('%s with status %i is %s', (code, status, kind) => {
    expect(itemKind(code, status)).toBe(kind);
  });
});
