// The reference of the variables: whole, with what is set, without secrets, and with every fault at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConfigPrintOptions, configPrint } from './config-print.ts';
import { type Said, said } from './said.ts';

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('WEIR_')) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const printed = (env: Readonly<Record<string, string>>, options: Partial<ConfigPrintOptions> = {}): Promise<Said> =>
  said(configPrint, options as ConfigPrintOptions, env);

const rowsOf = ({ document }: Said): Record<string, string>[] => (document as { rows: Record<string, string>[] }).rows;

const rowOf = (reply: Said, variable: string) => rowsOf(reply).find((row) => row.variable === variable);

const KAFKA = { WEIR_KAFKA_BROKERS: 'a:1', WEIR_KAFKA_SASL_MECHANISM: 'plain', WEIR_KAFKA_SASL_USERNAME: 'weir' };

describe('config print', () => {
  it('says of every variable what it means, and what it is without being set', async () => {
    const reply = await printed({});
    expect(reply.exit).toBe(0);
    expect(rowsOf(reply).filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(rowOf(reply, 'WEIR_DATA')).toMatchObject({ value: 'data', from: 'default' });
    expect(rowOf(reply, 'WEIR_KAFKA_PARTITIONS')).toMatchObject({ value: '12', from: 'default' });
    expect(rowOf(reply, 'WEIR_KAFKA_BROKERS')).toMatchObject({ value: '', from: '' });
  });

  it.each([
    [{}, '(secret)'],
    [{ redact: false }, 'hunter2'],
  ])('shows what is set, and a secret only if told to: %j', async (options, password) => {
    const reply = await printed({ ...KAFKA, WEIR_KAFKA_SASL_PASSWORD: 'hunter2' }, options);
    expect(reply.exit).toBe(0);
    expect(rowOf(reply, 'WEIR_KAFKA_BROKERS')).toMatchObject({ value: 'a:1', from: 'environment' });
    expect(rowOf(reply, 'WEIR_KAFKA_SASL_PASSWORD')).toMatchObject({ value: password, from: 'environment' });
    expect(JSON.stringify(reply).includes('hunter2')).toBe(password === 'hunter2');
  });

  it('shows what lies in a file, and that it does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-variables-'));
    const file = join(folder, 'topics');
    writeFileSync(file, 'eu.\n');
    const reply = await printed({ ...KAFKA, WEIR_KAFKA_TOPIC_PREFIX_FILE: file });
    rmSync(folder, { recursive: true });
    expect(rowOf(reply, 'WEIR_KAFKA_TOPIC_PREFIX')).toMatchObject({ value: 'eu.', from: 'file' });
  });

  it('says all that is wrong at once, whatever it is of', async () => {
    const { exit, lines } = await printed({
      WEIR_KAFKA_PARTITION: '3',
      WEIR_GATEWAY_LISTEN: '0.0.0.0:8080',
      WEIR_ARCHIVE_BATCH_ROWS: 'many',
      WEIR_DATE: 'live',
    });
    expect(exit).toBe('78 CONFIG');
    const said = lines.at(-1);
    expect(said).toContain('WEIR_KAFKA_PARTITION: is no variable of ours; did you mean WEIR_KAFKA_PARTITIONS?');
    expect(said).toContain('WEIR_DATE: is no variable of ours; did you mean WEIR_DATA?');
    expect(said).toContain('WEIR_KAFKA_BROKERS: is not set');
    expect(said).toContain('GATEWAY_BIND_UNPROTECTED');
    expect(said).toContain('WEIR_ARCHIVE_BATCH_ROWS: "many", expected a whole number');
  });
});
