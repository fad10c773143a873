// The patch of kafkajs' connections, against a server that never answers, answers half, or goes away.
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insideKafkajs } from './cluster.ts';
import { patchConnection } from './patch-connection.ts';

interface Connection {
  readonly socket: Socket;
  readonly requestQueue: {
    push(request: { entry: object; expectResponse: boolean; sendRequest: () => void }): void;
  };
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

const quiet = { namespace: () => quiet, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let server: Server;
let sockets: Socket[] = [];
let connection: Connection;

beforeEach(async () => {
  patchConnection();
  sockets = [];
  server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  connection = new (insideKafkajs<new (options: object) => Connection>('network/connection'))({
    host: '127.0.0.1',
    port,
    logger: quiet,
    requestTimeout: 60_000,
    connectionTimeout: 1_000,
    enforceRequestTimeout: true,
    socketFactory: ({ host, port: to, onConnect }: { host: string; port: number; onConnect: () => void }) =>
      connectTcp({ host, port: to }, onConnect),
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** As kafkajs sends one, once its bytes are made. */
function send(correlationId: number): Promise<{ payload: Buffer }> {
  return new Promise((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey: 3, apiName: 'Metadata', apiVersion: 1, correlationId, resolve, reject },
      expectResponse: true,
      sendRequest: () => {},
    });
  });
}

function response(correlationId: number, bytes: number): Buffer {
  const whole = Buffer.alloc(8 + bytes);
  whole.writeInt32BE(4 + bytes, 0);
  whole.writeInt32BE(correlationId, 4);
  return whole;
}

async function accepted(count: number): Promise<Socket> {
  while (sockets.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return sockets[count - 1] as Socket;
}

it('callers that connect at once share one socket', async () => {
  await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sockets).toHaveLength(1);
});

it('a request that is sent while the connection closes is rejected', async () => {
  await connection.connect();
  const closing = connection.disconnect();
  const answer = send(1).catch((error: Error) => error.message);
  await closing;
  expect(await answer).toContain('closed');
});

it('what had come of a response when the broker died is forgotten', async () => {
  await connection.connect();
  const first = await accepted(1);
  const lost = send(1).catch((error: Error) => error.message);
  first.write(response(1, 1_000).subarray(0, 500));
  await new Promise((resolve) => setTimeout(resolve, 50));
  first.end();
  expect(await lost).toContain('Closed connection');
  await connection.connect();
  const second = await accepted(2);
  const answer = send(2);
  second.write(response(2, 10));
  expect((await answer).payload).toHaveLength(10);
});

it('a connection that is closed again and again leaves no more listeners', async () => {
  await connection.connect();
  (await accepted(1)).destroy();
  for (let i = 0; i < 20; i++) {
    await connection.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(connection.socket.listenerCount('connect', connection.socket.unref)).toBe(1);
});
