// The jars of the broker: one published version, fetched once, checked at every start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { fetched, maven, parseChecksums } from './fetched.ts';

export const KAFKA_VERSION = '4.3.0';

/** The folder with the jars of the broker. */
export function kafkaJars(folder: string = cacheFolder(`kafka-${KAFKA_VERSION}`)): string {
  const checksums = parseChecksums(readFileSync(join(import.meta.dirname, 'jars.sha256'), 'utf8'));
  const pom = join(import.meta.dirname, 'pom.xml');
  return fetched(folder, checksums, (into) =>
    maven(
      ['-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${into}`],
      into,
      `Kafka ${KAFKA_VERSION}`,
    ),
  );
}
