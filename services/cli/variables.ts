// Every variable of the environment, those that options of the command line stand for among them, and what is wrong with their names.
import { Option } from 'commander';
import { z } from 'zod';
import { CLICKHOUSE_ENVIRONMENT } from '../deployment/clickhouse-config.ts';
import { givenVariables, unknownVariables } from '../deployment/environment.ts';
import { GATEWAY_ENVIRONMENT } from '../deployment/gateway-config.ts';
import { KAFKA_ENVIRONMENT } from '../deployment/kafka-config.ts';

/** Those of options; each description stands in the option's help, too. */
const OPTION_ENVIRONMENT = {
  WEIR_DATA: z.string().default('data').describe('data directory of the embedded log and ClickHouse'),
  WEIR_GATEWAY_URL: GATEWAY_ENVIRONMENT.WEIR_GATEWAY_URL,
  WEIR_LOG: z.string().default('sqlite').describe('sqlite in the data directory, or kafka (WEIR_KAFKA_*)'),
  WEIR_OPS_LISTEN: z.string().optional().describe('on Kafka: host:port that answers /livez and /readyz'),
} as const;

export const VARIABLES = {
  ...OPTION_ENVIRONMENT,
  ...GATEWAY_ENVIRONMENT,
  ...CLICKHOUSE_ENVIRONMENT,
  ...KAFKA_ENVIRONMENT,
  WEIR_JAVA_HOME: z.string().optional().describe('the Java of `npm run kafka`; default: JAVA_HOME, or what is found'),
} as const;

/** The option that a variable stands for: the flag goes before the variable, that before its file, that before the default. */
export function optionOf(flags: string, variable: keyof typeof OPTION_ENVIRONMENT): Option {
  const kind = OPTION_ENVIRONMENT[variable];
  const option = new Option(flags, kind.description).env(variable);
  const { values, from_file } = givenVariables(OPTION_ENVIRONMENT, process.env);
  if (from_file.has(variable)) return option.default(values[variable]);
  return kind instanceof z.ZodDefault ? option.default(kind.def.defaultValue) : option;
}

/** Variables of our tests, which set them for themselves. */
const OF_TESTS = 'WEIR_TEST_';

/** What no command goes on with, whatever it reads: names like ours that none of ours has, and options in files that cannot be read. */
export function variableFaults(env: NodeJS.ProcessEnv): readonly string[] {
  const ours = Object.entries(env).filter(([name]) => name.startsWith('WEIR_') && !name.startsWith(OF_TESTS));
  return [...unknownVariables(VARIABLES, Object.fromEntries(ours)), ...givenVariables(OPTION_ENVIRONMENT, env).faults];
}
