// For tests: a network between a client and a broker on which what belongs to a consumer group can be lost, and nothing else.
import { connect, createServer, type Socket } from 'node:net';

export interface GroupProxy {
  /** From now on nothing of a group comes through: neither an answer nor an error, as if a cable were out. */
  cut(): void;
  /** What was on its way arrives, late. */
  heal(): void;
  close(): Promise<void>;
}

/** OffsetCommit, FindCoordinator, JoinGroup, Heartbeat, LeaveGroup, SyncGroup: the api keys of Kafka's protocol. */
const GROUP_REQUESTS: ReadonlySet<number> = new Set([8, 10, 11, 12, 13, 14]);
const SIZE = 4;

export async function startGroupProxy(port: number, broker: number): Promise<GroupProxy> {
  let lost = false;
  const held = new Set<() => void>();
  const open = new Set<Socket>();

  function join(client: Socket): void {
    const server = connect(broker, '127.0.0.1');
    /** This connection has carried requests of a group. */
    let grouped = false;
    let waiting = Buffer.alloc(0);

    function forward(): void {
      while (waiting.length >= SIZE + 2) {
        const end = SIZE + waiting.readInt32BE(0);
        if (waiting.length < end) return;
        grouped ||= GROUP_REQUESTS.has(waiting.readInt16BE(SIZE));
        if (lost && grouped) {
          held.add(forward);
          return;
        }
        server.write(waiting.subarray(0, end));
        waiting = waiting.subarray(end);
      }
    }

    client.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      forward();
    });
    server.on('data', (data) => {
      if (lost && grouped) held.add(() => void client.write(data));
      else client.write(data);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.setNoDelay(true);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  }

  const listening = createServer(join);
  await new Promise<void>((resolve, reject) => {
    listening.once('error', reject);
    listening.listen(port, '127.0.0.1', resolve);
  });
  return {
    cut() {
      lost = true;
    },
    heal() {
      lost = false;
      const late = [...held];
      held.clear();
      for (const go of late) go();
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => {
        listening.close(() => resolve());
      });
    },
  };
}
