import type { ClientOptions, CloudClient, CloudName } from './cloud.ts';

/** The client of one cloud, with its SDK, loaded when a scan first asks for that cloud. */
export async function loadCloud(name: CloudName, options: ClientOptions): Promise<CloudClient> {
  switch (name) {
    case 'aws':
      return (await import('./aws/client.ts')).createClient(options);
    case 'google':
      return (await import('./gcp/client.ts')).createClient(options);
    case 'azure':
      return (await import('./azure/client.ts')).createClient(options);
  }
}
