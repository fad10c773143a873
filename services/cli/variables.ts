// Every variable of the environment, those that options of the command line stand for among them, and what is wrong with their names.
import { Option } from 'commander';
import { z } from 'zod';
import { CLICKHOUSE_ENVIRONMENT } from '../deployment/clickhouse-config.ts';
import { address, knownVariables, readEnvironment, unknownVariables } from '../deployment/environment.ts';
import { GATEWAY_ENVIRONMENT } from '../deployment/gateway-config.ts';
import { KAFKA_ENVIRONMENT } from '../deployment/kafka-config.ts';
import { configError } from './exit-codes.ts';
import type { Output } from './output.ts';

/** Those of options; each description stands in the option's help, too. */
const OPTION_ENVIRONMENT = {
  WEIR_DATA: z.string().default('data').describe('data directory of the embedded log and ClickHouse'),
  WEIR_GATEWAY_URL: GATEWAY_ENVIRONMENT.WEIR_GATEWAY_URL,
  WEIR_LOG: z
    .enum(['sqlite', 'kafka'], { error: 'expected sqlite or kafka' })
    .default('sqlite')
    .describe('sqlite in the data directory, or kafka (WEIR_KAFKA_*)'),
  WEIR_OPS_LISTEN: z
    .union([address('127.0.0.1:9090'), z.string().regex(/^\d{1,5}$/)], { error: 'expected host:port, or a port' })
    .optional()
    .describe('on Kafka: host:port that answers /livez and /readyz'),
} as const;

export const VARIABLES = {
  ...OPTION_ENVIRONMENT,
  ...GATEWAY_ENVIRONMENT,
  ...CLICKHOUSE_ENVIRONMENT,
  ...KAFKA_ENVIRONMENT,
} as const;

/** Read once: what lies in a pipe cannot be read again. */
const OPTIONS = readEnvironment(OPTION_ENVIRONMENT, ['WEIR_'], knownVariables(OPTION_ENVIRONMENT, process.env));

/** The option that a variable stands for: the flag goes before the variable, or its file, and that before the default. */
export function optionOf(flags: string, variable: keyof typeof OPTION_ENVIRONMENT): Option {
  const option = new Option(flags, OPTION_ENVIRONMENT[variable].description);
  // To commander what is set and empty is a value.
  if (process.env[variable] !== '') option.env(variable);
  const value = OPTIONS.values?.[variable];
  return value === undefined ? option : option.default(value);
}

/** Read by our tests, and by `npm run kafka`; by no command. */
const NOT_OF_COMMANDS = /^WEIR_(TEST_.*|JAVA_HOME)$/;

/** Whatever the command reads: names like ours that none of ours has, and what is wrong with those of options. */
export function variableFaults(): readonly string[] {
  const ours = Object.entries(process.env).filter(([name]) => name.startsWith('WEIR_') && !NOT_OF_COMMANDS.test(name));
  return [...unknownVariables(VARIABLES, Object.fromEntries(ours)), ...OPTIONS.faults];
}

/** Throws where anything is wrong with the environment; a halt goes on if no more is than names that nobody reads. */
export function checkVariables(command: string, words: readonly string[], output: Output): void {
  const faults = variableFaults();
  // `config print` says more of them.
  if (faults.length === 0 || command === 'config print') return;
  if (command !== 'trading' || words[0] === 'resume' || OPTIONS.values === null) throw configError('environment', faults);
  output.note(faults.join('\n'));
}
