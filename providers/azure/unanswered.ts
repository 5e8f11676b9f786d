import { CloudFailure } from '../cloud.ts';

/** What is known of an error of the SDK that carries no answer of the API. */
interface Unanswered {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly errorResponse?: { readonly error?: unknown; readonly errorDescription?: unknown };
}

/** Codes of the sign-in service and what they mean (https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes). */
const SIGN_IN: ReadonlyMap<string, string> = new Map([
  ['AADSTS7000222', 'the client secret has expired'],
  ['AADSTS7000215', 'the client secret is wrong'],
  ['AADSTS700016', 'the tenant does not know the application'],
  ['AADSTS90002', 'there is no such tenant'],
  ['AADSTS70021', 'no federated credential matches the token of the pipeline'],
  ['AADSTS700211', 'no federated credential matches the issuer of the token of the pipeline'],
  ['AADSTS700213', 'no federated credential matches the subject of the token of the pipeline'],
  ['AADSTS700024', 'the token of the pipeline has expired'],
  ['AADSTS700082', 'the sign-in has expired'],
  ['AADSTS50173', 'the sign-in was revoked'],
  ['AADSTS50076', 'the sign-in asks for a second factor'],
]);

const NO_CREDENTIALS =
  'in a pipeline give AZURE_CLIENT_ID, AZURE_TENANT_ID and a federated token (azure/login), at a desk run `az login`; AZURE_TOKEN_CREDENTIALS picks one way';

const TRUST = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** The failure behind an error that carries no answer of the API: no credentials, a sign-in that was refused, a connection that broke. Null = none of these. */
export function unansweredFailure(error: unknown): CloudFailure | null {
  const { name, code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as Unanswered;
  const again = (message: string) => new CloudFailure('transient', message, 'try again later; check the network, proxy and DNS');
  switch (name) {
    case 'CredentialUnavailableError':
    case 'AggregateAuthenticationError':
    case 'AuthenticationRequiredError':
      return new CloudFailure('credentials', 'no credentials for Azure were found', NO_CREDENTIALS);
    case 'AuthenticationError':
      if (statusCode === 429 || Number(statusCode) >= 500) return again('the sign-in service of Azure did not answer');
      return signInRefused(error as Unanswered);
    case 'AbortError':
      return again('Azure did not answer in time');
    case 'RestError':
      if (code === 'PARSE_ERROR') return again('Azure answered with something that cannot be read');
      if (typeof code === 'string' && TRUST.test(code))
        return new CloudFailure(
          'refused',
          'the certificate of the Azure endpoint is not trusted here',
          'a proxy that opens TLS needs its authority in NODE_EXTRA_CA_CERTS',
        );
      return again(
        `the connection to Azure failed${typeof code === 'string' && /^E[A-Z_]{2,20}$/.test(code) ? ` (${code})` : ''}`,
      );
    default:
      return null;
  }
}

function signInRefused({ errorResponse }: Unanswered): CloudFailure {
  const code = /AADSTS\d{4,8}/.exec(String(errorResponse?.errorDescription ?? ''))?.[0];
  const meaning = code === undefined ? undefined : SIGN_IN.get(code);
  const named = code === undefined ? '' : ` (\`${code}\`)`;
  return new CloudFailure(
    'credentials',
    meaning === undefined ? `Azure refuses the credentials${named}` : `Azure refuses the credentials: ${meaning}${named}`,
    'renew the credentials of the caller, then repeat the command',
  );
}
