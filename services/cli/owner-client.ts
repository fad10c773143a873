// Talks to the process that owns a data directory, over its socket: the same routes as the gateway.
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, readLock } from '../../topology/log/data-lock.ts';
import { pathOf } from '../gateway/socket.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';

export interface Reply {
  readonly status: number;
  /** The answer to an earlier request with the same id or key. */
  readonly replayed: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ControlCommand {
  readonly type: string;
  /** A name, or `*`. */
  readonly portfolio: string;
  readonly reason: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expires_at?: string;
}

export interface ControlOutcome {
  readonly control_id: string;
  readonly portfolio: string;
  readonly status: 'PENDING' | 'APPLIED' | 'REFUSED';
  readonly reason_code: string;
  readonly reason_detail: string;
}

export interface OwnerClient {
  /** As the gateway answers, refusals included. `signal` is JSON text, or what becomes it. */
  submitSignal(signal: string | object, idempotencyKey?: string): Promise<Reply>;
  validateSignal(signal: string | object): Promise<Reply>;
  status(): Promise<Readonly<Record<string, unknown>>>;
  query(name: string, params: Readonly<Record<string, string>>): Promise<Record<string, unknown>[]>;
  sql(statement: string): Promise<Record<string, unknown>[]>;
  /** Sends the command and waits a while for what the fold decides about it. The key makes a repeated call the same command. */
  control(command: ControlCommand, idempotencyKey?: string): Promise<readonly ControlOutcome[]>;
}

const URL_FORM = /^https?:\/\/[^\s/]+\/?$/;
const TIMEOUT_MS = 10_000;
const OUTCOME_MS = 2_000;
const POLL_MS = 20;

/** The gateway that was named, else the owner of the directory; null where nobody owns it. */
export async function gatewayOf(
  { data, gateway }: Pick<CommonOptions, 'data' | 'gateway'>,
  timeout_ms = TIMEOUT_MS,
): Promise<OwnerClient | null> {
  if (gateway === undefined) return ownerOf(data, timeout_ms);
  if (!URL_FORM.test(gateway))
    throw new CommandError(EXIT.USAGE, 'USAGE', `--gateway ${gateway}: expected a URL, such as http://127.0.0.1:8080`);
  return clientOf(gateway, timeout_ms);
}

/** Null where nobody owns the directory, or the owner answers nobody (a backtest). */
export async function ownerOf(directory: string, timeout_ms = TIMEOUT_MS): Promise<OwnerClient | null> {
  const holder = readLock(directory);
  if (holder === null || (holder.pid !== process.pid && !isAlive(holder))) return null;
  const at = pathOf(holder.url) ?? (URL_FORM.test(holder.url) ? holder.url : null);
  return at === null ? null : clientOf(at, timeout_ms);
}

/** `at`: a socket's path, or a URL. All calls but submitSignal and validateSignal throw a CommandError where the answer is a problem. */
export function clientOf(at: string, timeout_ms = TIMEOUT_MS): OwnerClient {
  const get = (path: string): Promise<Reply> => send(at, timeout_ms, 'GET', path, null, undefined);
  const post = (path: string, body: string, key?: string): Promise<Reply> => send(at, timeout_ms, 'POST', path, body, key);

  async function outcomeOf(control_id: string, until: number): Promise<ControlOutcome> {
    for (;;) {
      const { body } = expectOk(await get(`/v1/controls/${control_id}`));
      const outcome = body as unknown as ControlOutcome;
      if (outcome.status !== 'PENDING' || performance.now() >= until) return outcome;
      await wait(POLL_MS);
    }
  }

  return {
    submitSignal: (signal, key) => post('/v1/signals', textOf(signal), key),
    validateSignal: (signal) => post('/v1/signals:validate', textOf(signal)),
    status: async () => {
      const reply = await get('/v1/status');
      listIn(reply, 'portfolios');
      return reply.body;
    },
    query: async (name, params) => {
      const asked = new URLSearchParams(params).toString();
      return rowsOf(await get(`/v1/queries/${encodeURIComponent(name)}${asked === '' ? '' : `?${asked}`}`));
    },
    sql: async (query) => rowsOf(await post('/v1/sql', JSON.stringify({ query }))),
    control: async (command, key = randomUUID()) => {
      const reply = await post('/v1/controls', JSON.stringify(command), key);
      const controls = listIn(reply, 'controls') as readonly { readonly control_id: string }[];
      const until = performance.now() + OUTCOME_MS;
      return Promise.all(controls.map(({ control_id }) => outcomeOf(control_id, until)));
    },
  };
}

function textOf(signal: string | object): string {
  return typeof signal === 'string' ? signal : JSON.stringify(signal);
}

function rowsOf(reply: Reply): Record<string, unknown>[] {
  return listIn(reply, 'rows') as Record<string, unknown>[];
}

function expectOk(reply: Reply): Reply {
  if (reply.status < 400) return reply;
  throw problemError(reply);
}

/** What a refused request means for a command. */
export function problemError({ status, body }: Reply): CommandError {
  const code = typeof body.reason === 'string' ? body.reason : String(body.code ?? 'OWNER_ANSWER_UNKNOWN');
  const detail = String(body.detail ?? `the owner answered ${status}`);
  return new CommandError(exitOf(status), code, detail.replace(`${code}: `, ''));
}

function exitOf(status: number): ExitCode {
  if (status >= 500) return status === 503 ? EXIT.DEPENDENCY_AWAY : EXIT.FAILURE;
  return status === 400 || status === 404 ? EXIT.USAGE : EXIT.FAILURE;
}

function send(
  at: string,
  timeout: number,
  method: string,
  path: string,
  body: string | null,
  key: string | undefined,
): Promise<Reply> {
  const headers = {
    ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  return new Promise((resolve, reject) => {
    const away = (error: Error): void =>
      reject(
        new CommandError(
          EXIT.DEPENDENCY_AWAY,
          'OWNER_AWAY',
          `the owner at ${at} does not answer: ${error.message || String(error)}`,
        ),
      );
    // A connection of its own: a kept one may belong to an owner that has gone.
    const options = { method, headers, timeout, agent: false as const };
    const answered = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', away);
      response.on('end', () => {
        const replayed = response.headers['idempotency-replayed'] === 'true';
        const status = response.statusCode ?? 0;
        const text = Buffer.concat(chunks).toString('utf8');
        const body = objectOf(text);
        if (body === null && status < 400)
          reject(unknownAnswer(`${path} answered ${status}, "${text.slice(0, 60)}"`, 'a JSON object'));
        else resolve({ status, replayed, body: body ?? {} });
      });
    };
    const sent = URL_FORM.test(at)
      ? (at.startsWith('https:') ? requestTls : request)(new URL(path, at), options, answered)
      : request({ ...options, socketPath: at, path }, answered);
    sent.on('timeout', () => sent.destroy(new Error(`nothing for ${timeout} ms`)));
    sent.on('error', away);
    sent.end(body ?? undefined);
  });
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && !Array.isArray(read) ? (read as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

/** Somebody answers who is no gateway of ours. */
function unknownAnswer(what: string, expected: string): CommandError {
  return new CommandError(EXIT.FAILURE, 'OWNER_ANSWER_UNKNOWN', `${what}: expected ${expected}`, 'name a gateway of Weir');
}

/** Throws where the answer has no such list. */
function listIn(reply: Reply, name: string): readonly unknown[] {
  const list = expectOk(reply).body[name];
  if (Array.isArray(list)) return list;
  throw unknownAnswer(`the gateway answered ${JSON.stringify(reply.body).slice(0, 60)}`, `a list of ${name}`);
}
