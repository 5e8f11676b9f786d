import { defineConfig } from 'vitest/config';

/**
 * The tests that a mutation run (`mutate.mjs`) repeats for every mutant: those of the folder or the named ones, the random ones with
 * few cases. Left out is brute force: it wants a balance of verdicts that only many cases have. Modules stay loaded from one mutant to
 * the next, which is switched on while they run.
 */
export default defineConfig({
  test: {
    include: process.env.INLANE_MUTATE?.split(',') ?? [],
    exclude: ['test/prove/brute.test.ts'],
    env: { INLANE_SHARE: '0.05' },
    isolate: false,
    testTimeout: 60_000,
    chaiConfig: { truncateThreshold: 0 },
  },
});
