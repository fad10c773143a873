// For tests: stands between whoever reads schemas and a registry, counts the questions about ids, and can be away or ask for a password.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountedRegistry {
  readonly url: string;
  /** How often an id was asked for. */
  asked(id: number): number;
  /** 'away': no answer is given; a status: nothing else is. */
  setState(state: 'there' | 'away' | number): void;
  close(): Promise<void>;
}

/** `behind` is the base of the real registry's interface. */
export async function countedRegistry(behind: string): Promise<CountedRegistry> {
  const questions: string[] = [];
  let state: 'there' | 'away' | number = 'there';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    questions.push(path);
    if (state === 'away') return void request.socket.destroy();
    if (state !== 'there') return void response.writeHead(state).end('{"message":"no"}');
    fetch(`${behind}${path}`).then(
      async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      },
      () => request.socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (id) => questions.filter((path) => path.endsWith(`/schemas/ids/${id}`)).length,
    setState(next) {
      state = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
