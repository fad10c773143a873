// For tests, run as a process of its own: stages of the crash deployment on Kafka, until a signal ends them or a kill does.
import type { Socket } from 'node:net';
import { SECOND } from '../../../schemas/time.ts';
import { KAFKA_SOURCES, PIPELINE, startKafkaStages } from '../kafka-stages.ts';
import { reportError } from '../output.ts';
import { stderrLog } from '../owner-events.ts';
import { untilSignal } from '../run-all.ts';
import { kafkaConfig, kafkaFailure } from '../topics.ts';
import { matrixDeployment } from './crash-deployment.ts';

const [names = '', policy = '', data = '', health = ''] = process.argv.slice(2);
const stages = [...PIPELINE, ...KAFKA_SOURCES].filter((name) => names.split(',').includes(name));

// Whoever started it holds the other end: it must not go on alone when a test is killed.
const stdin = process.stdin as Socket;
stdin.resume().on('end', () => process.exit(1));
stdin.unref();

try {
  process.exitCode = await untilSignal(() =>
    startKafkaStages({
      config: kafkaConfig(),
      deployment: matrixDeployment(policy),
      stages,
      market: stages.includes('market') ? { data, seed: 7, scenario: 'crash' } : null,
      health,
      log: stderrLog(),
      // Often, so that kills meet them.
      snapshot_every_us: 3 * SECOND,
    }),
  );
} catch (error) {
  process.exitCode = reportError(kafkaFailure(error), true);
}
