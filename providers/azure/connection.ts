import type { TokenCredential } from '@azure/identity';
import { CloudFailure } from '../cloud.ts';

/** `ClientOptions.connection` of Azure. */
export interface AzureConnection {
  /** `https://host[:port]` of Resource Manager. */
  readonly endpoint?: string;
  /** Certificate of the authority that the endpoint's is signed with, PEM; it is reached without a proxy then. */
  readonly ca?: string;
  readonly credential?: TokenCredential;
  /** Milliseconds that one request may take. */
  readonly timeout?: number;
}

/** Where Resource Manager answers, and for which scope it wants a token. */
export interface Endpoint {
  readonly url: string;
  readonly scope: string;
}

/**
 * Sovereign clouds, by the host that signs in to them (`AZURE_AUTHORITY_HOST`, which the SDK's credentials read too)
 * (github.com/Azure/azure-sdk-for-go, `sdk/azcore/arm/runtime`).
 */
const SOVEREIGN: ReadonlyMap<string, Endpoint> = new Map([
  [
    'login.microsoftonline.us',
    { url: 'https://management.usgovcloudapi.net', scope: 'https://management.core.usgovcloudapi.net/.default' },
  ],
  [
    'login.chinacloudapi.cn',
    { url: 'https://management.chinacloudapi.cn', scope: 'https://management.core.chinacloudapi.cn/.default' },
  ],
  [
    'login.partner.microsoftonline.cn',
    { url: 'https://management.chinacloudapi.cn', scope: 'https://management.core.chinacloudapi.cn/.default' },
  ],
]);

const PUBLIC: Endpoint = { url: 'https://management.azure.com', scope: 'https://management.azure.com/.default' };

/** The endpoint of the connection, else that of the cloud that `authority` signs in to. Throws CloudFailure for a cloud that is not known. */
export function endpointOf(connection: AzureConnection, authority: string | undefined): Endpoint {
  if (connection.endpoint !== undefined) return { url: connection.endpoint, scope: `${connection.endpoint}/.default` };
  if (authority === undefined || authority === '') return PUBLIC;
  const host = authority
    .replace(/^https:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  const endpoint = host === 'login.microsoftonline.com' ? PUBLIC : SOVEREIGN.get(host);
  if (endpoint === undefined)
    throw new CloudFailure(
      'unknown-place',
      'AZURE_AUTHORITY_HOST names a cloud whose endpoint is not known',
      'Azure public, US Government and China are known; unset AZURE_AUTHORITY_HOST for the public one',
    );
  return endpoint;
}

/** Milliseconds that the whole chain of credentials may take: one that hangs must not hold up a pipeline. */
const SIGN_IN = 30_000;

/** The SDK's default chain, with an end to its patience. */
export async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  let chain: TokenCredential;
  try {
    chain = new DefaultAzureCredential({ processTimeoutInMs: 10_000 });
  } catch (cause) {
    throw new CloudFailure(
      'credentials',
      'the credentials of Azure are not configured as the SDK wants them',
      'AZURE_TOKEN_CREDENTIALS is `prod`, `dev` or the name of one credential',
      { cause },
    );
  }
  return {
    getToken: (scopes, options) => withinTime(chain.getToken(scopes, options), SIGN_IN),
  };
}

/** Rejects with CloudFailure when the work takes longer; it goes on unheard, for not every credential can be stopped. */
export async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new CloudFailure(
          'credentials',
          'no credentials for Azure were found in time',
          'name one way of signing in with AZURE_TOKEN_CREDENTIALS, such as `WorkloadIdentityCredential` or `AzureCliCredential`',
        ),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
