// `weir config print`: every variable of the environment, what it is now and where that comes from, and all that is wrong with it.
import { z } from 'zod';
import { CLICKHOUSE_ENVIRONMENT, readClickhouseConfig } from '../deployment/clickhouse-config.ts';
import { shownVariables, unknownVariables } from '../deployment/environment.ts';
import { GATEWAY_ENVIRONMENT, readGatewayConfig } from '../deployment/gateway-config.ts';
import { KAFKA_ENVIRONMENT, readKafkaConfig } from '../deployment/kafka-config.ts';
import { configError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { printRows } from './rows-output.ts';

export interface ConfigPrintOptions extends CommonOptions {
  readonly redact?: boolean;
}

/** Those that options of the command line stand for. */
const OPTION_ENVIRONMENT = {
  WEIR_DATA: z.string().default('data').describe('--data: data directory of the embedded log and ClickHouse'),
  WEIR_LOG: z.string().default('sqlite').describe('run --log: sqlite or kafka'),
  WEIR_OPS_LISTEN: z.string().optional().describe('run --health: host:port of the probes of a process on Kafka'),
} as const;

const TABLE = { ...OPTION_ENVIRONMENT, ...GATEWAY_ENVIRONMENT, ...CLICKHOUSE_ENVIRONMENT, ...KAFKA_ENVIRONMENT };

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const ours = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('WEIR_') && value !== ''));
  const known = Object.fromEntries(Object.entries(ours).filter(([name]) => Object.hasOwn(TABLE, name)));
  // Without brokers there is no Kafka, unless something else speaks of it.
  const kafka = Object.keys(ours).some((name) => name.startsWith('WEIR_KAFKA_'));
  return [
    ...unknownVariables(TABLE, ours),
    ...readGatewayConfig(known).faults,
    ...readClickhouseConfig(known).faults,
    ...(kafka ? readKafkaConfig(known).faults : []),
  ];
}

export async function configPrint({ redact = true }: ConfigPrintOptions, output: Output): Promise<ExitCode> {
  const faults = faultsOf(process.env);
  const rows = shownVariables(TABLE, process.env, redact);
  if (faults.length === 0 || !output.json) printRows(rows, output, '');
  if (faults.length > 0) throw configError('environment', faults);
  return EXIT.OK;
}
