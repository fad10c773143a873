// Where ClickHouse is and where the gateway listens, by variables: what they become, and every fault at once.
import { describe, expect, it } from 'vitest';
import { readClickhouseConfig } from './clickhouse-config.ts';
import { readGatewayConfig } from './gateway-config.ts';

describe('clickhouse', () => {
  it('is an engine of its own unless a server is named', () => {
    expect(readClickhouseConfig({}).config).toEqual({
      server: null,
      database: 'weir',
      batch_rows: 10_000,
      batch_ms: 500,
      retry_total_s: 300,
    });
    const env = { WEIR_CLICKHOUSE_URL: 'http://ch:8123', WEIR_CLICKHOUSE_USERNAME: 'weir', WEIR_CLICKHOUSE_PASSWORD: 'x' };
    expect(readClickhouseConfig(env).config?.server).toEqual({ url: 'http://ch:8123', username: 'weir', password: 'x' });
  });

  it.each([
    ['no URL', { WEIR_CLICKHOUSE_URL: 'ch:8123' }, /WEIR_CLICKHOUSE_URL: "ch:8123", expected a URL/],
    [
      'a misspelt name',
      { WEIR_CLICKHOUSE_URI: 'x' },
      /WEIR_CLICKHOUSE_URI: is no variable of ours; did you mean WEIR_CLICKHOUSE_URL/,
    ],
    [
      'a name for nobody',
      { WEIR_CLICKHOUSE_USERNAME: 'weir' },
      /WEIR_CLICKHOUSE_USERNAME, _PASSWORD: expected WEIR_CLICKHOUSE_URL/,
    ],
    [
      'a database that could be SQL',
      { WEIR_CLICKHOUSE_DATABASE: 'a; DROP' },
      /WEIR_CLICKHOUSE_DATABASE: "a; DROP", expected lower-case/,
    ],
    ['a batch of nothing', { WEIR_ARCHIVE_BATCH_ROWS: '0' }, /WEIR_ARCHIVE_BATCH_ROWS: "0", expected 1 to 100000/],
  ])('%s is refused', (_, env, fault) => {
    const { config, faults } = readClickhouseConfig(env);
    expect([config, faults]).toEqual([null, [expect.stringMatching(fault)]]);
  });

  it('says all faults at once, and no secret', () => {
    const env = { WEIR_ARCHIVE_BATCH_S: 'x', WEIR_CLICKHOUSE_PASSWORD_FILE: '/nowhere', WEIR_ARCHIVE_ROWS: '1' };
    expect(readClickhouseConfig(env).faults).toHaveLength(3);
  });
});

describe('the gateway', () => {
  it('listens on this machine, on a port that may be told', () => {
    expect(readGatewayConfig({}).config).toEqual({ host: '127.0.0.1', port: 8080, hosts: [] });
    const env = { WEIR_GATEWAY_LISTEN: '[::1]:0', WEIR_GATEWAY_HOSTS: 'gateway,weir.internal' };
    expect(readGatewayConfig(env).config).toEqual({ host: '::1', port: 0, hosts: ['gateway', 'weir.internal'] });
  });

  it.each(['0.0.0.0:8080', '[::]:8080', '10.0.0.7:8080', 'weir.internal:8080'])('does not listen on %s unprotected', (at) => {
    expect(readGatewayConfig({ WEIR_GATEWAY_LISTEN: at }).faults).toEqual([expect.stringMatching(/GATEWAY_BIND_UNPROTECTED/)]);
    expect(readGatewayConfig({ WEIR_GATEWAY_LISTEN: at, WEIR_GATEWAY_UNPROTECTED: 'true' }).faults).toEqual([]);
  });

  it('wants an address with a port', () => {
    expect(readGatewayConfig({ WEIR_GATEWAY_LISTEN: '8080' }).faults).toEqual([expect.stringMatching(/expected host:port/)]);
  });
});
