// Mends kafkajs' connections where one ends while it is in use: one socket at a time, nothing left unanswered, nothing read across two sockets.
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket?: Socket;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  rejectRequests(error: Error): void;
}

interface Methods {
  connect(this: Connection): Promise<unknown>;
  disconnect(this: Connection): Promise<unknown>;
}

const LENGTH_BYTES = 4;

let patched = false;

/**
 * Four faults: callers that connect at once each open a socket, and the end of one ends the others; a request that is sent
 * while its connection closes is never answered and never times out; what had come of a response when a broker died is read as
 * the beginning of the next connection's first, and all after it is out of step; each time that a socket which is closed is
 * closed again, one more listener waits for it to connect, and after ten Node warns of a leak. Same version guard as patch-poll.ts.
 */
export function patchConnection(): void {
  if (patched) return;
  patched = true;
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/connection') as { readonly prototype: Methods };
  const { KafkaJSConnectionClosedError } = load('kafkajs/src/errors') as {
    KafkaJSConnectionClosedError: new (text: string) => Error;
  };
  const { connect, disconnect } = prototype;
  const connecting = new WeakMap<Connection, Promise<unknown>>();

  function forget(connection: Connection): void {
    connection.chunks = [];
    connection.bytesBuffered = 0;
    connection.bytesNeeded = LENGTH_BYTES;
  }

  function unrefOnce(socket: Socket | undefined): void {
    if (socket === undefined) return;
    while (socket.listenerCount('connect', socket.unref) > 1) socket.off('connect', socket.unref);
  }

  prototype.connect = function (this: Connection): Promise<unknown> {
    const known = connecting.get(this);
    if (known !== undefined) return known;
    const fresh = connect.call(this).finally(() => connecting.delete(this));
    connecting.set(this, fresh);
    return fresh;
  };
  prototype.disconnect = async function (this: Connection): Promise<unknown> {
    const done = await disconnect.call(this);
    forget(this);
    unrefOnce(this.socket);
    this.rejectRequests(new KafkaJSConnectionClosedError('the connection was closed'));
    return done;
  };
}
