// One broker of a test cluster: formatted once, then started, stopped, killed or frozen at will.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type JavaServer, logTail, startJava } from './java-server.ts';
import { type NodeSettings, propertiesOf } from './properties.ts';

const run = promisify(execFile);

export interface KafkaNode {
  readonly id: number;
  /** Pid of the Java process; null while it is down. */
  pid(): number | null;
  /** Starts a node that is down; it answers some seconds later. */
  start(): Promise<void>;
  /** SIGTERM: moves its leaderships away first. Resolves when it has ended. */
  shutDown(): Promise<void>;
  /** SIGKILL. Resolves when it has ended. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** The end of its log. */
  log(): string;
}

export interface Installation {
  readonly java: string;
  readonly jars: string;
  readonly cluster_id: string;
  /** Further options of the virtual machine. */
  readonly jvm: readonly string[];
}

/** Writes the node's settings and formats its data folder. */
export async function makeNode(installation: Installation, settings: NodeSettings): Promise<KafkaNode> {
  const { java, jars, cluster_id, jvm } = installation;
  const { id, folder } = settings;
  mkdirSync(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  const logFile = join(folder, 'server.log');
  writeFileSync(properties, propertiesOf(settings), { mode: 0o600 });
  const base = [...jvm, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', `${jars}/*`];
  const credentials = Object.entries(settings.users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((kind) => ['--add-scram', `${kind}=[name=${name},password=${password}]`]),
  );
  await run(java, [
    ...base,
    'kafka.tools.StorageTool',
    'format',
    '--ignore-formatted',
    '-t',
    cluster_id,
    '-c',
    properties,
    ...credentials,
  ]);

  let server: JavaServer | null = null;
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    if (ending === null) return;
    ending.kill(signal);
    await ending.ended;
    server = null;
  }
  return {
    id,
    pid: () => (server === null || server.hasEnded() ? null : server.pid),
    async start() {
      if (server !== null && !server.hasEnded()) throw new Error(`kafka: node ${id} is already running`);
      server = await startJava(java, ['-Xmx512m', ...base, 'kafka.Kafka', properties], logFile, folder);
    },
    shutDown: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    log: () => logTail(logFile),
  };
}
