// The house rules as data: who may import whom, what pure code is, which files may be long and why.

/** Folders of `services/` that are a stage: none imports another. */
export const STAGE_FOLDERS: readonly string[] = [
  'market',
  'strategy',
  'enrichment',
  'decision',
  'execution',
  'monitor',
  'analysis',
  'learning',
  'archive',
  'publisher',
  'notifier',
  'gateway',
  'jobs',
];

/** Folders of `services/` that several stages call: pure, and of ours they import only each other and `schemas/`. */
export const SHARED_FOLDERS: readonly string[] = ['costs', 'indicators', 'signals', 'statistics', 'policy'];

/** Folders of `services/` that put stages together: they may import any of ours. */
export const COMPOSING_FOLDERS: readonly string[] = ['cli', 'backtest', 'deployment', 'bench', 'simulation', 'clients'];

/** Where code has to be pure: no adapter, no `node:`, no package, no clock, no chance, no waiting. */
export const PURE: readonly string[] = [
  'schemas/',
  'services/costs/',
  'services/indicators/',
  'services/signals/',
  'services/statistics/',
  'services/policy/',
  'services/strategy/',
  'services/enrichment/',
  'services/decision/',
  'services/execution/',
  'services/monitor/',
  'services/learning/',
  'services/analysis/',
  'services/market/',
];

/** Edges inside those folders: what reads files or calls the outside world, tools, and what serves tests only. */
export const EDGES: readonly string[] = [
  'schemas/generate.ts',
  'schemas/bench-codec.ts',
  'services/market/replay/',
  'services/market/live/',
];

/** What several tests share: held to the rules of tests, and imported by nothing else. */
export const TEST_SUPPORT: readonly string[] = [
  'clickhouse/http-engine.ts',
  'clickhouse/start-engine.ts',
  'schemas/arbitrary.ts',
  'services/backtest/crash/extent.ts',
  'services/backtest/crash/weir-child.ts',
  'services/backtest/example.ts',
  'services/cli/readme-blocks.ts',
  'services/cli/kafka-crash/crash-deployment.ts',
  'services/cli/kafka-crash/crew.ts',
  'services/cli/kafka-crash/decided.ts',
  'services/cli/kafka-crash/field.ts',
  'services/cli/kafka-crash/final-logs.ts',
  'services/cli/kafka-crash/group-proxy.ts',
  'services/cli/kafka-crash/load.ts',
  'services/cli/kafka-crash/plain-entry.ts',
  'services/cli/kafka-crash/rounds.ts',
  'services/cli/kafka-crash/stage-owner.ts',
  'services/cli/kafka-crash/tampered.ts',
  'services/cli/kafka-crash/verdict.ts',
  'services/cli/kafka-crash/verdict-values.ts',
  'services/cli/one-broker.ts',
  'services/cli/said.ts',
  'services/cli/telling-weir.ts',
  'services/clients/find-kcat.ts',
  'services/clients/python-packages.ts',
  'services/decision/example.ts',
  'services/deployment/compose-file.ts',
  'services/deployment/compose-rules.ts',
  'services/deployment/image-files.ts',
  'services/enrichment/example.ts',
  'services/execution/example.ts',
  'services/gateway/crash-owner.ts',
  'services/gateway/example.ts',
  'services/indicators/golden-series.ts',
  'topology/kafka-broker/run-of-its-own.ts',
  'topology/kafka-broker/test-kafka.ts',
  'topology/kafka-broker/test-tool.ts',
  'topology/log/append-forever.ts',
  'topology/log/conformance.ts',
  'topology/log/conformance-draft.ts',
  'topology/log/kafka/kafka-topics.ts',
  'topology/log/in-folder.ts',
  'topology/runtime/claimed/toy-group.ts',
  'topology/runtime/mortal-log.ts',
  'topology/runtime/printed-log.ts',
  'topology/runtime/run-until-killed.ts',
  'topology/runtime/toy-stages.ts',
];

/** What single pure files may import beyond the rule. */
export const IMPORT_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'schemas/hash.ts': ['node:crypto'],
  'schemas/avro-types.ts': ['avsc'],
  'schemas/make-codec.ts': ['avsc'],
  'services/policy/schema.ts': ['zod'],
  'services/policy/parse.ts': ['zod'],
  'services/policy/strategy.ts': ['zod'],
  'services/policy/units.ts': ['zod'],
};

export const LINES_MAX = 400;

/** The cases of one subject stay in one table. */
export const TEST_LINES_MAX = 600;

/** Files over the limit, each with the reason why it is not cut. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'schemas/reason-codes.ts': 'one table of all reason codes: append-only data that is searched, not read',
};

/** Never in a file name: they say nothing. */
export const EMPTY_WORDS: readonly string[] = ['manager', 'helper', 'helpers', 'util', 'utils', 'common', 'misc', 'process'];
