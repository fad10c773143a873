// For tests: how a deployment reaches the one broker of the tests, without a registry.
import type { KafkaSettings } from '../../topology/log/kafka/settings.ts';
import type { Topology } from '../../topology/topology.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';

export function oneBroker(settings: KafkaSettings, topology: Topology): KafkaConfig {
  return { settings, topology, replication: 1, min_isr: 1, principal_prefix: 'weir-', registry: null, registry_ids_file: null };
}
