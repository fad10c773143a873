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
  it.each([1, 3])(
    'runs %d brokers until it is interrupted',
    async (nodes) => {
      const port = await freePortsInRow(2 * nodes);
      const args = [main, '--nodes', String(nodes), '--port', String(port)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('ready;')) resolve();
        });
        void ended.then((code) => reject(new Error(`ended (exit ${code}): ${said}`)));
      });
      const brokers = Array.from({ length: nodes }, (_, i) => `127.0.0.1:${port + 2 * i}`);
      expect(said).toContain(`brokers: ${brokers.join(',')}\n`);
      expect(said).toContain(`export WEIR_KAFKA_BROKERS=${brokers.join(',')} WEIR_KAFKA_REPLICATION=${nodes}\n`);
      const admin = quietClient([`127.0.0.1:${port}`]).admin();
      await admin.connect();
      expect((await admin.describeCluster()).brokers).toHaveLength(nodes);
      await admin.disconnect();
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      await expect(
        quietClient([`127.0.0.1:${port}`])
          .admin()
          .connect(),
      ).rejects.toThrow(/ECONNREFUSED/);
    },
    180_000,
  );
});

/** The first of so many ports in a row that are free. */
async function freePortsInRow(count: number): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    const others = Array.from({ length: count - 1 }, (_, i) => isFree(port + 1 + i));
    if ((await Promise.all(others)).every(Boolean)) return port;
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
