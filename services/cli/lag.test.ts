// `lag` and the market on Kafka say what is wrong as their siblings do: configuration, brokers away, another market, a bad scenario.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lag } from './lag.ts';
import { originIn } from './owner-market.ts';
import { run } from './run-command.ts';
import { said } from './said.ts';

/** A port that nobody listens on, and little patience. */
const AWAY = { WEIR_KAFKA_BROKERS: '127.0.0.1:1', WEIR_KAFKA_AWAY_S: '0.2', WEIR_KAFKA_REQUEST_S: '1' };

describe('lag', () => {
  it.each([
    ['a bad configuration', { WEIR_KAFKA_BROKERS: 'nonsense' }, '78 CONFIG', /WEIR_KAFKA_BROKERS: "nonsense"/],
    ['brokers that are away', AWAY, '69 KAFKA_AWAY', /127\.0\.0\.1:1 has not answered/],
  ])('names %s', async (_, env, exit, message) => {
    const told = await said(lag, { data: '' }, env);
    expect([told.exit, told.lines[0]]).toEqual([exit, expect.stringMatching(message)]);
  });
});

describe('the market of a data directory', () => {
  const data = mkdtempSync(join(tmpdir(), 'weir-origin-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('stays what it was: another seed or scenario is refused by name', () => {
    const began = originIn(data, 42, 'calm');
    expect(originIn(data, 42, 'calm')).toEqual(began);
    expect(() => originIn(data, 7, 'calm')).toThrow(expect.objectContaining({ exit: 78, code: 'MARKET_CHANGED' }));
  });

  it('has a scenario that exists, and that is said before the brokers are asked', async () => {
    const options = { data, log: 'kafka', scenario: 'stormy' } as Parameters<typeof run>[0];
    const told = await said((given: typeof options, output) => run(given, output, 'market'), options, AWAY);
    expect([told.exit, told.lines[0]]).toEqual(['2 USAGE', expect.stringMatching(/--scenario stormy: expected one of calm/)]);
  });
});
