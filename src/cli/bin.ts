#!/usr/bin/env node
import { readSync } from 'node:fs';
import { InlaneError } from '../errors.ts';
import type { Sink } from './io.ts';
import { main } from './main.ts';

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // Without a listener a reader that goes away (`| head`) would end the process with a stack trace.
  stream.on('error', () => {});
  return {
    terminal: stream.isTTY === true,
    columns: stream.isTTY ? stream.columns : null,
    write: (text) =>
      new Promise((done, failed) => {
        stream.write(text, (error) => {
          const { code } = (error ?? {}) as NodeJS.ErrnoException;
          if (!error || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') done();
          else
            failed(new InlaneError('io', `standard output cannot be written (${code ?? 'unknown error'})`, 'see where it leads'));
        });
      }),
  };
}

const CHUNK = 1 << 16;
const MOMENT = new Int32Array(new SharedArrayBuffer(4));

/** Standard input may be a pipe that has nothing yet (EAGAIN); at its end Windows says EOF. */
function readStdin(): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return Buffer.concat(chunks);
      if (code !== 'EAGAIN')
        throw new InlaneError('io', `standard input cannot be read (${code ?? 'unknown error'})`, 'give a file instead of `-`');
      Atomics.wait(MOMENT, 0, 0, 5);
    }
  }
}

const stdout = sinkOf(process.stdout);
const stderr = sinkOf(process.stderr);

// What escapes every catch is a defect; its message may hold plan values, so it is not printed.
process.on('uncaughtException', () => {
  process.stderr.write('error[internal]: inlane failed; this is a defect: report it\n');
  process.exit(2);
});

// 2 until the verdict is known: a run that ends early has not passed.
process.exitCode = 2;
main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout,
  stderr,
  stdin: readStdin,
  loadGate: async () => (await import('../gate.ts')).gate,
}).then((code) => {
  process.exitCode = code;
});
