// `weir config print`: every variable of the environment, what it is now and where that comes from, and all that is wrong with it.
import { readClickhouseConfig } from '../deployment/clickhouse-config.ts';
import { knownVariables, shownVariables } from '../deployment/environment.ts';
import { readGatewayConfig } from '../deployment/gateway-config.ts';
import { readKafkaConfig } from '../deployment/kafka-config.ts';
import { configError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { printRows } from './rows-output.ts';
import { VARIABLES, variableFaults } from './variables.ts';

export interface ConfigPrintOptions extends CommonOptions {
  readonly redact?: boolean;
}

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  // Without brokers there is no Kafka, unless something else speaks of it.
  const kafka = Object.entries(env).some(([name, value]) => name.startsWith('WEIR_KAFKA_') && value !== '');
  // Names of none of ours are told once, and not by each table again.
  const known = knownVariables(VARIABLES, env);
  const faults = [
    ...variableFaults(),
    ...readGatewayConfig(known).faults,
    ...readClickhouseConfig(known).faults,
    ...(kafka ? readKafkaConfig(known).faults : []),
  ];
  // The gateway's table has a variable of an option, too.
  return [...new Set(faults)];
}

export async function configPrint({ redact = true }: ConfigPrintOptions, output: Output): Promise<ExitCode> {
  const faults = faultsOf(process.env);
  const rows = shownVariables(VARIABLES, process.env, redact);
  if (faults.length === 0 || !output.json) printRows(rows, output, '');
  if (faults.length > 0) throw configError('environment', faults);
  return EXIT.OK;
}
