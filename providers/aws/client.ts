import type { ClientOptions, CloudClient } from '../cloud.ts';
import { Accounts } from './access.ts';
import { APIS } from './apis.ts';
import { Door } from './door.ts';
import { type AwsConnection, Services } from './services.ts';
import { AwsSession, placedIn } from './session.ts';

export type { AwsConnection } from './services.ts';

/** AWS through its SDK: tagging API, Resource Explorer, IAM, Auto Scaling. `connection` is an AwsConnection. */
export function createClient(options: ClientOptions): CloudClient {
  const connection = (options.connection ?? {}) as AwsConnection;
  const services = new Services(connection);
  const accounts = new Accounts({ services, call: options.call, assumeRole: options.assumeRole, connection });
  return {
    apis: APIS,
    open: async (target) => new AwsSession(new Door(target, services, await accounts.of(target), options.call)),
    settled: async (place) => (place.target.account === '' ? placedIn(place, await accounts.caller(place.target)) : place),
    close: () => services.close(),
  };
}
