// For tests, run as a process of its own: ClickHouse's HTTP interface over the embedded engine, as far as the client speaks it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';

interface Engine {
  exec(of: {
    readonly query: string;
    readonly query_params: Readonly<Record<string, string>>;
    readonly clickhouse_settings: Readonly<Record<string, string>>;
  }): Promise<{ readonly stream: Readable }>;
}

interface EmbeddedModule {
  createChdbConnection(options: { readonly path: string }): { create(params: object): Engine } & Engine;
}

const [path = '', port = '0', password = ''] = process.argv.slice(2);
const { createChdbConnection } = createRequire(import.meta.url)('chdb/connection') as EmbeddedModule;

/** What belongs to HTTP, not to the engine. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'role',
  'wait_end_of_query',
  'compress',
  'decompress',
]);

/** The engine is a singleton of its process: calls go one after another, each on a connection that keeps no settings of the last. */
let queue: Promise<unknown> = Promise.resolve();
const keeper = createChdbConnection({ path });

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = new URL(request.url ?? '/', 'http://engine');
  if (asked.pathname === '/ping') return void response.end('Ok.\n');
  if (password !== '') {
    const [, given = ''] = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    if (given !== password)
      return refuse(response, 'Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)');
  }
  const body = await bodyOf(request);
  const query_params: Record<string, string> = {};
  const clickhouse_settings: Record<string, string> = {};
  for (const [name, value] of asked.searchParams) {
    if (name.startsWith('param_')) query_params[name.slice('param_'.length)] = value;
    else if (!NOT_SETTINGS.has(name)) clickhouse_settings[name] = value;
  }
  const query = [asked.searchParams.get('query'), body].filter((part) => part !== null && part !== '').join('\n');
  const run = async (): Promise<Buffer> => {
    const engine = createChdbConnection({ path });
    try {
      const { stream } = await engine.exec({ query, query_params, clickhouse_settings });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    } finally {
      await (engine as unknown as { close(): Promise<void> }).close();
    }
  };
  const result = queue.then(run, run);
  queue = result.catch(() => undefined);
  try {
    response.end(await result);
  } catch (error) {
    refuse(response, error);
  }
}

/** As a server says it: the client takes the code from the text. */
function refuse(response: ServerResponse, error: unknown): void {
  const { code, type, message } = error as { readonly code?: string; readonly type?: string; readonly message?: string };
  const text =
    typeof error === 'string'
      ? error
      : code === undefined
        ? String(message)
        : `Code: ${code}. DB::Exception: ${message}. (${type})`;
  response.writeHead(500, { 'content-type': 'text/plain' }).end(text);
}

const server = createServer((request, response) => void answer(request, response));
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
void keeper;
