// How a Kafka cluster is reached: addresses, TLS, who we are, and how patient we are.

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface TlsSettings {
  /** PEM of the authorities that are trusted; null: those of the system. */
  readonly ca: string | null;
  /** PEM of a client certificate and its key, where the broker asks for one. */
  readonly cert: string | null;
  readonly key: string | null;
}

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly client_id: string;
  readonly tls: TlsSettings | null;
  readonly sasl: SaslSettings | null;
  /** How long a broker may be away, through growing pauses, before we give up. */
  readonly away_ms: number;
  /** A request that is not answered by then has failed. */
  readonly request_ms: number;
  /** Largest value of one record; what a topic takes at most (`max.message.bytes`) must be above it. */
  readonly record_bytes_max: number;
  /** Members of a group that are silent for longer are taken for dead, by the group and by themselves. */
  readonly session_ms: number;
  readonly heartbeat_ms: number;
}

export function kafkaSettings(brokers: readonly string[], different: Partial<KafkaSettings> = {}): KafkaSettings {
  return {
    brokers,
    client_id: 'weir',
    tls: null,
    sasl: null,
    away_ms: 90_000,
    request_ms: 10_000,
    record_bytes_max: 900_000,
    session_ms: 10_000,
    heartbeat_ms: 1_000,
    ...different,
  };
}
