import type { CliIo } from './io.ts';

export interface ProgressBar {
  show(done: number, all: number): Promise<void>;
  /** Takes it off the terminal. */
  clear(): Promise<void>;
}

const WIDTH = 30;

/** A bar on standard error, where that is a terminal; else nothing. It is written again only when it looks different. */
export function progressBar({ stderr, env }: CliIo): ProgressBar {
  if (!stderr.terminal || env.TERM === 'dumb') return { show: async () => {}, clear: async () => {} };
  let last = '';
  return {
    async show(done, all) {
      const filled = Math.floor((WIDTH * done) / all);
      const line = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor((100 * done) / all)} % of ${all} files`;
      if (line === last) return;
      last = line;
      await stderr.write(`\r${line}`);
    },
    async clear() {
      if (last !== '') await stderr.write(`\r${' '.repeat(last.length)}\r`);
    },
  };
}
