import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of moto that notes the name of every API that is called. */
export class Recorder {
  /** `service:Action`, in the order of the calls. */
  calls: string[] = [];
  readonly endpoint: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async before(origin: string): Promise<Recorder> {
    const recorder: { one?: Recorder } = {};
    const server = createServer((asked, answer) => {
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.on('end', () => {
        const body = Buffer.concat(chunks);
        const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(asked.headers.authorization ?? '')?.[1] ?? 'unsigned';
        const named =
          String(asked.headers['x-amz-target'] ?? '').split('.')[1] ?? new URLSearchParams(body.toString()).get('Action');
        recorder.one?.calls.push(`${service}:${named ?? `${asked.method} ${asked.url}`}`);
        const { method, headers } = asked;
        const onward = request(new URL(asked.url ?? '/', origin), { method, headers }, (told) => {
          answer.writeHead(told.statusCode ?? 500, told.headers);
          told.pipe(answer);
        });
        onward.on('error', () => answer.destroy());
        onward.end(body);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    recorder.one = new Recorder(server);
    return recorder.one;
  }

  /** Calls since the last time, those that only read left out. */
  writes(): string[] {
    const calls = this.calls.filter((call) => !/:(Get|List|Describe|Search)/.test(call));
    this.calls = [];
    return calls;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
