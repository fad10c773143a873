// How the tests run: in processes of their own, because the embedded ClickHouse engine must live in one thread.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    include: ['schemas/**/*.test.ts', 'topology/**/*.test.ts', 'services/**/*.test.ts', 'clickhouse/**/*.test.ts'],
    testTimeout: 60_000,
    // The first test file that asks for a broker waits until it has started.
    hookTimeout: 240_000,
    globalSetup: ['topology/kafka-broker/vitest-desk.ts'],
  },
});
