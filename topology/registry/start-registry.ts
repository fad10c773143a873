// Starts a real schema registry (Apicurio, through its Confluent-compatible interface) on this machine, for tests and for a look at it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../kafka-broker/cache-folder.ts';
import { freePorts } from '../kafka-broker/free-ports.ts';
import { findJava } from '../kafka-broker/java.ts';
import { type JavaServer, logTail, startJava } from '../kafka-broker/java-server.ts';
import { APICURIO_VERSION, apicurio } from './apicurio.ts';

const JAVA_LEAST = 21;
const READY_LIMIT_MS = 120_000;
const PAUSE_MS = 100;

export interface RegistryOptions {
  /** memory forgets all when it ends; kafkasql keeps everything in a topic of these brokers. */
  readonly storage: 'memory' | { readonly kafkasql: readonly string[]; readonly topic?: string };
  /** Default: free ones. */
  readonly ports?: { readonly http: number; readonly management: number };
}

export interface Registry {
  /** Base of the Confluent-compatible interface. */
  readonly url: string;
  /** Whether it has replayed what it keeps: it answers before. */
  isReady(): Promise<boolean>;
  /** Waits until it is ready. */
  ready(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on its ports; it answers some seconds later. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of the virtual machine for a start on a small machine. */
export function quickStart(): readonly string[] {
  const archive = cacheFolder(`apicurio-${APICURIO_VERSION}.jsa`);
  mkdirSync(dirname(archive), { recursive: true });
  return [
    ...['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
    // What was loaded last time is loaded from there: starts in a third of the time.
    ...['-XX:+AutoCreateSharedArchive', `-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'],
  ];
}

/** Full transitive compatibility is its global level. */
export async function startRegistry({ storage, ports }: RegistryOptions): Promise<Registry> {
  const java = findJava(JAVA_LEAST, `Apicurio Registry ${APICURIO_VERSION}`);
  const program = await apicurio();
  const folder = mkdtempSync(join(tmpdir(), 'weir-registry-'));
  const logFile = join(folder, 'registry.log');
  const [free = 0, freeManagement = 0] = ports === undefined ? await freePorts(2) : [];
  const { http, management } = ports ?? { http: free, management: freeManagement };
  const args = [
    ...quickStart(),
    ...['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${http}`],
    ...['-Dquarkus.management.host=127.0.0.1', `-Dquarkus.management.port=${management}`],
    '-Dapicurio.rules.global.compatibility=FULL_TRANSITIVE',
    ...(storage === 'memory'
      ? []
      : [
          '-Dapicurio.storage.kind=kafkasql',
          `-Dapicurio.kafkasql.bootstrap.servers=${storage.kafkasql.join(',')}`,
          ...(storage.topic === undefined ? [] : [`-Dapicurio.kafkasql.topic=${storage.topic}`]),
        ]),
    ...['-jar', join(program, 'quarkus-run.jar')],
  ];
  let server: JavaServer | null = null;

  async function isReady(): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${management}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      return answer.ok;
    } catch {
      return false;
    }
  }
  async function ready(): Promise<void> {
    const until = Date.now() + READY_LIMIT_MS;
    while (!(await isReady())) {
      if (server === null || server.hasEnded()) throw new Error(`registry: has ended:\n${logTail(logFile)}`);
      if (Date.now() > until) throw new Error(`registry: not ready after ${READY_LIMIT_MS} ms:\n${logTail(logFile)}`);
      await sleep(PAUSE_MS);
    }
  }
  async function start(): Promise<void> {
    server = await startJava(java, args, logFile, folder);
  }
  async function kill(): Promise<void> {
    server?.kill('SIGKILL');
    await server?.ended;
  }
  async function stop(): Promise<void> {
    // A polite end writes the archive of classes for the next start.
    server?.kill('SIGTERM');
    await server?.ended;
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await start();
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${http}/apis/ccompat/v7`, isReady, ready, kill, start, stop };
}
