// `npm run kafka` starts a broker that answers, says how to reach it, and leaves nothing behind.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePorts, isFree } from './free-ports.ts';
import { quietClient } from './quiet-client.ts';
import { describeKafka } from './test-kafka.ts';

const main = join(import.meta.dirname, 'main.ts');

describeKafka('npm run kafka', () => {
  it('runs until it is interrupted', async () => {
    const port = await twoFreePorts();
    const child = spawn(process.execPath, [main, '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready;')) resolve();
      });
      void ended.then((code) => reject(new Error(`ended (exit ${code}): ${said}`)));
    });
    expect(said).toContain(`brokers: 127.0.0.1:${port}\n`);
    expect(said).toContain(`export WEIR_KAFKA_BROKERS=127.0.0.1:${port} WEIR_KAFKA_REPLICATION=1\n`);
    const admin = quietClient([`127.0.0.1:${port}`]).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.disconnect();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(
      quietClient([`127.0.0.1:${port}`])
        .admin()
        .connect(),
    ).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** A port of which the next one is free, too. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    if (await isFree(port + 1)) return port;
  }
}

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

it.each([[['--nodes', '2']], [['--port', 'x']], [['--help']], [['--colour']]])('%j shows how it is used', (args) => {
  const { status, said } = run(...args);
  expect([status, said]).toEqual([2, expect.stringMatching(/^npm run kafka -- \[--nodes 1\|3\]/)]);
});

it('says that a port is taken', async () => {
  const server = createServer();
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(run('--port', String(port))).toEqual({
    status: 69,
    said: `kafka: port ${port} is taken; stop what holds it, or choose another --port\n`,
  });
  server.close();
});
