// The settings of one broker of a test cluster, as its properties file.

/**
 * plain: no encryption, no name. tls: encrypted. sasl: encrypted, with a name and a password (PLAIN or SCRAM). proxied: plain,
 * for a client whose traffic goes through a proxy of the test's own.
 */
export type ListenerKind = 'plain' | 'tls' | 'sasl' | 'proxied';

export interface NodePorts {
  readonly controller: number;
  /** The plain one is always there: brokers talk to each other on it. */
  readonly listeners: Readonly<Partial<Record<ListenerKind, number>>>;
  /** What clients are told instead of the proxied listener's own port. */
  readonly proxy?: number;
}

export interface NodeSettings {
  readonly id: number;
  /** Of every node, by id. */
  readonly cluster: ReadonlyMap<number, NodePorts>;
  readonly folder: string;
  /** PEM file with key and certificate; '' without tls and sasl. */
  readonly certificate: string;
  /** Name → password, for PLAIN. SCRAM's are stored when the node is formatted. */
  readonly users: Readonly<Record<string, string>>;
  /** Whoever has a name needs permissions; the plain listener may do everything. */
  readonly authorize: boolean;
  readonly different: Readonly<Record<string, string>>;
}

const PROTOCOL: Readonly<Record<ListenerKind, string>> = {
  plain: 'PLAINTEXT',
  tls: 'SSL',
  sasl: 'SASL_SSL',
  proxied: 'PLAINTEXT',
};

export function propertiesOf(settings: NodeSettings): string {
  const own = settings.cluster.get(settings.id);
  if (own === undefined) throw new RangeError(`kafka: node ${settings.id} is not in the cluster`);
  const kinds = (Object.keys(own.listeners) as ListenerKind[]).map((kind) => [kind, own.listeners[kind] ?? 0] as const);
  const address = (kind: ListenerKind, port: number): string => `${kind.toUpperCase()}://127.0.0.1:${port}`;
  const addresses = kinds.map(([kind, port]) => address(kind, port));
  const advertised = kinds.map(([kind, port]) => address(kind, kind === 'proxied' ? (own.proxy ?? port) : port));
  const nodes = settings.cluster.size;
  const replicas = String(Math.min(3, nodes));
  const least = nodes >= 3 ? '2' : '1';
  const voters = [...settings.cluster].map(([id, { controller }]) => `${id}@127.0.0.1:${controller}`);
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(settings.id),
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${own.controller}`].join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...kinds.map(([kind]) => `${kind.toUpperCase()}:${PROTOCOL[kind]}`),
    ].join(','),
    'log.dirs': `${settings.folder}/data`,
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': least,
    'share.coordinator.state.topic.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': least,
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // A killed broker is let in again when its old session has ended: sooner than after the usual 9 s.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
    // A few partitions on a shared machine: fewer threads and buffers than the defaults for a real one.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
  if (own.listeners.tls !== undefined || own.listeners.sasl !== undefined) {
    properties['ssl.keystore.type'] = 'PEM';
    properties['ssl.keystore.location'] = settings.certificate;
  }
  if (own.listeners.sasl !== undefined) {
    const names = Object.entries(settings.users).map(([name, password]) => `user_${name}="${password}"`);
    properties['sasl.enabled.mechanisms'] = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512';
    properties['listener.name.sasl.plain.sasl.jaas.config'] =
      `org.apache.kafka.common.security.plain.PlainLoginModule required ${names.join(' ')};`;
    for (const mechanism of ['scram-sha-256', 'scram-sha-512'])
      properties[`listener.name.sasl.${mechanism}.sasl.jaas.config`] =
        'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  }
  if (settings.authorize) {
    properties['authorizer.class.name'] = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';
    properties['super.users'] = 'User:ANONYMOUS';
  }
  const all = { ...properties, ...settings.different };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}
