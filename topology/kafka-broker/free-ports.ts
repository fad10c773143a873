// Free ports on this machine, below the range from which the system takes ports for outgoing connections.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// A restarted server must find its port free: a client that redials in between must not have been given it by the system.
const FROM = 15_000;
const TO = 32_000;
const TRIES = 200;

const given = new Set<number>();

/** This many different ports, none given out before by this process. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let i = 0; i < TRIES && ports.length < count; i++) {
    const port = randomInt(FROM, TO);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  if (ports.length < count) throw new Error(`ports: fewer than ${count} free ones between ${FROM} and ${TO}`);
  return ports;
}

export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
