/** Time as a scan sees it; a load test gives one that runs ahead of the machine's. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Wraps what takes time outside of this clock (a request on a socket), so that a clock of its own kind knows that it is not idle. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export const machineClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  during: (work) => work(),
};
