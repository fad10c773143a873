// `npm run kafka`: a real broker, and a schema registry if wanted, on this machine until Ctrl-C.
import { parseArgs } from 'node:util';
import { type Registry, startRegistry } from '../registry/start-registry.ts';
import { isFree } from './free-ports.ts';
import { KAFKA_VERSION } from './jars.ts';
import type { NodePorts } from './properties.ts';
import { type KafkaCluster, startKafka } from './start-kafka.ts';
import { UnavailableError } from './unavailable.ts';

const USAGE = `npm run kafka -- [--nodes 1|3] [--port 9092] [--data FOLDER] [--registry] [--registry-port 8081]
  --nodes          brokers; default 1
  --port           of the first broker; each takes two ports
  --data           keep the data in this folder; default: a temporary one, removed at the end
  --registry       start a schema registry, too; it keeps its schemas in the broker
  --registry-port  its port; it takes two
`;
const DEPENDENCY_AWAY = 69;
const BAD_USAGE = 2;

interface Wanted {
  readonly nodes: 1 | 3;
  readonly port: number;
  readonly data: string | undefined;
  readonly registry: boolean;
  readonly registry_port: number;
}

function wanted(args: readonly string[]): Wanted | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', default: '1' },
        port: { type: 'string', default: '9092' },
        data: { type: 'string' },
        registry: { type: 'boolean', default: false },
        'registry-port': { type: 'string', default: '8081' },
        help: { type: 'boolean', default: false },
      },
    });
    const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) < 65_500;
    if (values.help || !['1', '3'].includes(values.nodes) || !isPort(values.port) || !isPort(values['registry-port']))
      return null;
    return {
      nodes: values.nodes === '3' ? 3 : 1,
      port: Number(values.port),
      data: values.data,
      registry: values.registry,
      registry_port: Number(values['registry-port']),
    };
  } catch {
    return null;
  }
}

async function run(options: Wanted): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const ports: NodePorts[] = Array.from({ length: options.nodes }, (_, i) => ({
    listeners: { plain: options.port + 2 * i },
    controller: options.port + 2 * i + 1,
  }));
  const registryPorts = { http: options.registry_port, management: options.registry_port + 1 };
  const needed = [
    ...ports.flatMap(({ listeners, controller }) => [listeners.plain ?? 0, controller]),
    ...(options.registry ? Object.values(registryPorts) : []),
  ];
  for (const port of needed) {
    if (!(await isFree(port)))
      throw new UnavailableError(`port ${port} is taken`, 'stop what holds it, or choose another --port');
  }
  let kafka: KafkaCluster | null = null;
  let registry: Registry | null = null;
  try {
    say(`Kafka ${KAFKA_VERSION} is starting (fetched once, with Maven) ...`);
    kafka = await startKafka({ nodes: options.nodes, ports, ...(options.data === undefined ? {} : { folder: options.data }) });
    const settings = [`WEIR_KAFKA_BROKERS=${kafka.brokers.join(',')}`, `WEIR_KAFKA_REPLICATION=${options.nodes}`];
    say(`brokers: ${kafka.brokers.join(',')}`);
    if (options.registry) {
      registry = await startRegistry({ storage: { kafkasql: kafka.brokers }, ports: registryPorts });
      say(`registry: ${registry.url}`);
      settings.push(`WEIR_KAFKA_REGISTRY_URL=${registry.url}`);
    }
    say(`export ${settings.join(' ')}`);
    say(`ready; Ctrl-C stops it${options.data === undefined ? ' and forgets everything' : ''}`);
    await stopped;
  } finally {
    await registry?.stop();
    await kafka?.stop();
  }
}

const options = wanted(process.argv.slice(2));
if (options === null) {
  process.stderr.write(USAGE);
  process.exitCode = BAD_USAGE;
} else {
  try {
    await run(options);
  } catch (error) {
    process.stderr.write(`kafka: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = error instanceof UnavailableError ? DEPENDENCY_AWAY : 1;
  }
}
