import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const report = process.env.INLANE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    // Modules are loaded once for each thread: no test leaves anything in them that another one would see.
    poolOptions: { threads: { isolate: false, maxThreads: availableParallelism() } },
    chaiConfig: { truncateThreshold: 0 },
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
  },
});
