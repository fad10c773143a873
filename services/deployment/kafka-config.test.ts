// Every fault of the Kafka variables is said at once, with variable, value and what was expected; a secret is never shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readKafkaConfig } from './kafka-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const secret = join(folder, 'secret');
writeFileSync(secret, 'hidden\n');
const ca = join(folder, 'ca.pem');
writeFileSync(ca, 'PEM');

const LEAST = { WEIR_KAFKA_BROKERS: 'a:9092, b:9092' };
const NAMED = { WEIR_KAFKA_SASL_MECHANISM: 'scram-sha-512', WEIR_KAFKA_SASL_USERNAME: 'weir-decision' };

describe('what is right', () => {
  it('needs the brokers only', () => {
    const { config } = readKafkaConfig({ ...LEAST, WEIR_DATA: 'x', PATH: '/bin', WEIR_KAFKA_SSL_CA_FILE: '' });
    expect(config?.settings).toMatchObject({
      brokers: ['a:9092', 'b:9092'],
      tls: null,
      sasl: null,
      away_ms: 90_000,
      request_ms: 10_000,
    });
    expect(config).toMatchObject({ replication: 3, min_isr: 2, principal_prefix: 'weir-', registry: null });
    expect([config?.topology.prefix, config?.topology.partitions['journal.v1']]).toEqual(['', 12]);
  });

  it.each([
    [{ WEIR_KAFKA_REPLICATION: '1' }, { replication: 1, min_isr: 1 }],
    [{ WEIR_KAFKA_MIN_ISR: '3' }, { replication: 3, min_isr: 3 }],
    [{ WEIR_KAFKA_SSL: 'true' }, { settings: { tls: { ca: null, cert: null, key: null } } }],
    [{ WEIR_KAFKA_SSL_CA_FILE: ca }, { settings: { tls: { ca: 'PEM', cert: null, key: null } } }],
    [
      { ...NAMED, WEIR_KAFKA_SASL_PASSWORD_FILE: secret },
      { settings: { sasl: { mechanism: 'scram-sha-512', username: 'weir-decision', password: 'hidden' } } },
    ],
    [{ WEIR_KAFKA_AWAY_S: '0.5' }, { settings: { away_ms: 500 } }],
    [{ WEIR_KAFKA_TOPIC_PREFIX_FILE: secret }, { topology: { prefix: 'hidden' } }],
    [
      { WEIR_KAFKA_PARTITIONS: '6,dead-letters.v1=1', WEIR_KAFKA_TOPIC_PREFIX: 'eu.' },
      { topology: { prefix: 'eu.', partitions: { 'journal.v1': 6, 'dead-letters.v1': 1 } } },
    ],
    [
      { WEIR_KAFKA_REGISTRY_URL: 'http://r:8080/apis/ccompat/v7/' },
      {
        registry: {
          url: 'http://r:8080/apis/ccompat/v7',
          username: null,
          password: null,
          request_ms: 5_000,
          away_ms: 30_000,
          fresh_ms: 10_000,
        },
        registry_ids_file: null,
      },
    ],
    [{ WEIR_KAFKA_REGISTRY_MAP_FILE: 'ids.json' }, { registry: null, registry_ids_file: 'ids.json' }],
  ])('%o', (env, expected) => {
    const { config, faults } = readKafkaConfig({ ...LEAST, ...env });
    expect(faults).toEqual([]);
    expect(config).toMatchObject(expected);
  });
});

describe('what is wrong', () => {
  it.each([
    [{}, /^WEIR_KAFKA_BROKERS: is not set; addresses/],
    [{ WEIR_KAFKA_BROKERS: 'localhost' }, /^WEIR_KAFKA_BROKERS: "localhost", expected host:port/],
    [{ ...LEAST, WEIR_KAFKA_BROKER: 'a:1' }, /^WEIR_KAFKA_BROKER: is no variable of ours; did you mean WEIR_KAFKA_BROKERS\?$/],
    [{ ...LEAST, WEIR_KAFKA_CLIENT_ID_FILE: '/nowhere' }, /^WEIR_KAFKA_CLIENT_ID_FILE: "\/nowhere", cannot be read \(ENOENT/],
    [{ ...LEAST, WEIR_KAFKA_COLOUR_OF_HAIR: 'x' }, /^WEIR_KAFKA_COLOUR_OF_HAIR: is no variable of ours$/],
    [{ ...LEAST, WEIR_KAFKA_PARTITIONS: '0' }, /^WEIR_KAFKA_PARTITIONS: "0", topology\.partitions\.signals\.v1: 0/],
    [{ ...LEAST, WEIR_KAFKA_PARTITIONS: '12,orders.v1=4' }, /^WEIR_KAFKA_PARTITIONS: .*expected 12 like journal\.v1/],
    [{ ...LEAST, WEIR_KAFKA_PARTITIONS: '12,orders=4' }, /"orders=4": expected <topic>=<count>/],
    [{ ...LEAST, WEIR_KAFKA_REPLICATION: '0' }, /^WEIR_KAFKA_REPLICATION: "0", expected 1 to 100/],
    [{ ...LEAST, WEIR_KAFKA_MIN_ISR: '4' }, /^WEIR_KAFKA_MIN_ISR: 4, expected at most WEIR_KAFKA_REPLICATION, 3/],
    [{ ...LEAST, WEIR_KAFKA_SSL: 'yes' }, /^WEIR_KAFKA_SSL: "yes", expected true or false/],
    [{ ...LEAST, WEIR_KAFKA_SSL: 'false', WEIR_KAFKA_SSL_CA_FILE: ca }, /^WEIR_KAFKA_SSL: "false", but/],
    [{ ...LEAST, WEIR_KAFKA_SSL_CA_FILE: '/nowhere/ca.pem' }, /^WEIR_KAFKA_SSL_CA_FILE: "\/nowhere\/ca\.pem", cannot be read/],
    [{ ...LEAST, WEIR_KAFKA_SSL_CERT_FILE: ca }, /expected both or none/],
    [{ ...LEAST, WEIR_KAFKA_SASL_MECHANISM: 'SCRAM' }, /expected plain, scram-sha-256 or scram-sha-512/],
    [{ ...LEAST, ...NAMED }, /^WEIR_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD: expected all or none/],
    [{ ...LEAST, ...NAMED, WEIR_KAFKA_SASL_PASSWORD: 'x', WEIR_KAFKA_SASL_PASSWORD_FILE: secret }, /expected one of them/],
    [{ ...LEAST, WEIR_KAFKA_HEARTBEAT_S: '9' }, /expected at most a third of WEIR_KAFKA_SESSION_S/],
    [{ ...LEAST, WEIR_KAFKA_AWAY_S: 'long' }, /^WEIR_KAFKA_AWAY_S: "long", expected seconds/],
    [{ ...LEAST, WEIR_KAFKA_REGISTRY_URL: 'registry:8080' }, /^WEIR_KAFKA_REGISTRY_URL: "registry:8080", expected a URL/],
    [{ ...LEAST, WEIR_KAFKA_REGISTRY_USERNAME: 'x' }, /^WEIR_KAFKA_REGISTRY_USERNAME and .*: expected both or none/],
  ])('%o → %s', (env, message) => {
    const { config, faults } = readKafkaConfig(env);
    expect(config).toBeNull();
    expect(faults).toEqual([expect.stringMatching(message)]);
  });

  it('is said all at once', () => {
    const { faults } = readKafkaConfig({ WEIR_KAFKA_BROKRS: 'a:1', WEIR_KAFKA_REPLICATION: 'x', WEIR_KAFKA_SSL: 'x' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'WEIR_KAFKA_BROKRS',
      'WEIR_KAFKA_BROKERS',
      'WEIR_KAFKA_REPLICATION',
      'WEIR_KAFKA_SSL',
    ]);
  });
});
