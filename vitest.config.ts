// How the tests run: in processes of their own, because the embedded ClickHouse engine must live in one thread.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    include: ['schemas/**/*.test.ts', 'topology/**/*.test.ts', 'services/**/*.test.ts', 'clickhouse/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
