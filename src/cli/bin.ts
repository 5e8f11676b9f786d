import { fstatSync, readSync, statSync, writeSync } from 'node:fs';
import { InlaneError } from '../errors.ts';
import { type StandardInput, spool } from '../plan/spool.ts';
import type { Sink } from './io.ts';
import { main } from './main.ts';

/** A terminal through Node's stream; all else directly, since loading the streams costs more than the whole report. */
function sinkOf(descriptor: number, stream: () => NodeJS.WriteStream): Sink {
  return mayBeTerminal(descriptor)
    ? streamSink(stream)
    : { terminal: false, columns: null, write: async (t) => writeAll(descriptor, t) };
}

/** Windows has none of this name: there every device may be a terminal. */
const NULL_DEVICE = '/dev/null';

/** What cannot be looked at is left to Node. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    const own = fstatSync(descriptor);
    if (!own.isCharacterDevice()) return false;
    const none = statSync(NULL_DEVICE);
    return !none.isCharacterDevice() || none.rdev !== own.rdev;
  } catch {
    return true;
  }
}

function streamSink(open: () => NodeJS.WriteStream): Sink {
  let opened: NodeJS.WriteStream | null = null;
  const stream = (): NodeJS.WriteStream => {
    // Without a listener a reader that goes away (`| head`) would end the process with a stack trace.
    opened ??= open().on('error', () => {});
    return opened;
  };
  return {
    get terminal() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().isTTY ? stream().columns : null;
    },
    write: (text) =>
      new Promise((done, failed) => {
        stream().write(text, (error) => {
          const { code } = (error ?? {}) as NodeJS.ErrnoException;
          if (!error || isGone(code)) done();
          else failed(unwritable(code));
        });
      }),
  };
}

/** One line from the terminal, the question on standard error; null where it ended (Ctrl-D). */
async function ask(question: string): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<null>((done) => terminal.once('close', () => done(null)));
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}

/** A pipe that does not block says EAGAIN while it is full. */
function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (isGone(code)) return;
      if (code !== 'EAGAIN') throw unwritable(code);
      pause();
    }
  }
}

function isGone(code: string | undefined): boolean {
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

function unwritable(code: string | undefined): InlaneError {
  return new InlaneError('io', `standard output cannot be written (${code ?? 'unknown error'})`, 'see where it leads');
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

const CHUNK = 1 << 16;

/** Standard input may be a pipe that has nothing yet (EAGAIN); at its end Windows says EOF. Each is good until the next. */
function* chunksOfStdin(): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK);
  for (;;) {
    try {
      const length = readSync(0, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return;
      if (code !== 'EAGAIN')
        throw new InlaneError('io', `standard input cannot be read (${code ?? 'unknown error'})`, 'give a file instead of `-`');
      pause();
    }
  }
}

function readStdin(): StandardInput {
  try {
    return spool(chunksOfStdin());
  } catch (error) {
    if (error instanceof InlaneError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new InlaneError(
      'io',
      `standard input is large and cannot be kept in a temporary file (${code ?? 'unknown error'})`,
      'give a file instead of `-`, or point TMPDIR to a folder with room',
    );
  }
}

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
  stdout: sinkOf(1, () => process.stdout),
  stderr: sinkOf(2, () => process.stderr),
  stdin: readStdin,
  get ask() {
    // Looked at only by commands that ask: Node's stream of standard input is slow to load.
    return process.stdin.isTTY && process.stderr.isTTY ? ask : null;
  },
  loadGate: async () => (await import('../gate.ts')).gate,
}).then((code) => {
  // Everything is written by now; leaving at once saves taking the heap apart.
  process.exit(code);
});
