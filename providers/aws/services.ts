import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { IAM } from '@aws-sdk/client-iam';
import type { ResourceExplorer2 } from '@aws-sdk/client-resource-explorer-2';
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import type { STS } from '@aws-sdk/client-sts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The SDK asks for credentials again when they are near it, and never again for those that have none. */
  readonly expiration?: Date;
}

type Provider = () => Promise<Credentials>;

/** How to reach AWS otherwise than by its public endpoints; everything may be left out. */
export interface AwsConnection {
  /** One address for every service: `http://127.0.0.1:4566`. */
  readonly endpoint?: string;
  /** Instead of the SDK's default chain. */
  readonly credentials?: Provider;
  /** Milliseconds until a request without an answer is given up; 60,000. */
  readonly timeout?: number;
  /** Milliseconds since 1970; the machine's clock. It decides when assumed credentials are renewed. */
  readonly now?: () => number;
}

/** Whose requests a client of the SDK signs; `name` tells them apart. */
export interface Signer {
  readonly name: string;
  /** Null = the SDK's default chain. */
  readonly credentials: Provider | null;
}

interface Config {
  readonly region: string;
  readonly maxAttempts: 1;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
  readonly endpoint?: string;
  readonly credentials?: Provider;
}

/** Clients of the SDK, one for each service, region and signer; each SDK is loaded when it is first asked for. */
export class Services {
  readonly #connection: AwsConnection;
  readonly #clients = new Map<string, Promise<{ destroy(): void }>>();
  /** What the default chain has found; walked once, not by every client. */
  #chain: Provider | null = null;

  constructor(connection: AwsConnection) {
    this.#connection = connection;
    // The SDK would write a warning about Node 20 to stderr when its first client is made.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  }

  /** Asked first of all: every other client of the caller signs with the credentials that it has found. */
  async sts(region: string, signer: Signer): Promise<STS> {
    const sts = await this.#client(
      'sts',
      region,
      signer,
      async (config) => new (await import('@aws-sdk/client-sts')).STS(config),
    );
    if (signer.credentials === null) this.#chain ??= sts.config.credentials;
    return sts;
  }

  tagging(region: string, signer: Signer): Promise<ResourceGroupsTaggingAPI> {
    return this.#client('tagging', region, signer, async (config) => {
      return new (await import('@aws-sdk/client-resource-groups-tagging-api')).ResourceGroupsTaggingAPI(config);
    });
  }

  explorer(region: string, signer: Signer): Promise<ResourceExplorer2> {
    return this.#client('explorer', region, signer, async (config) => {
      return new (await import('@aws-sdk/client-resource-explorer-2')).ResourceExplorer2(config);
    });
  }

  iam(region: string, signer: Signer): Promise<IAM> {
    return this.#client('iam', region, signer, async (config) => new (await import('@aws-sdk/client-iam')).IAM(config));
  }

  autoscaling(region: string, signer: Signer): Promise<AutoScaling> {
    return this.#client('autoscaling', region, signer, async (config) => {
      return new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(config);
    });
  }

  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) (await client).destroy();
  }

  #client<C extends { destroy(): void }>(
    service: string,
    region: string,
    signer: Signer,
    make: (config: Config) => Promise<C>,
  ): Promise<C> {
    const key = `${service} ${region} ${signer.name}`;
    const made = this.#clients.get(key) as Promise<C> | undefined;
    if (made !== undefined) return made;
    const client = make(this.#config(region, signer));
    this.#clients.set(key, client);
    return client;
  }

  #config(region: string, signer: Signer): Config {
    const { endpoint, timeout = 60_000, credentials: own } = this.#connection;
    const credentials = signer.credentials ?? own ?? this.#chain ?? undefined;
    return {
      region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: Math.min(timeout, 10_000), requestTimeout: timeout, throwOnRequestTimeout: true },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  }
}
