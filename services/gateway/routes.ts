// The routes: each path and method, its handler, and how every answer and every error leaves through fastify.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Answer } from './answer.ts';
import { controlHandlers } from './controls.ts';
import type { Caller } from './network-rule.ts';
import type { GatewayPorts } from './ports.ts';
import { problem } from './problem.ts';
import { readHandlers } from './reads.ts';
import { signalHandlers } from './signals.ts';

interface Asked {
  readonly body: Uint8Array;
  readonly key: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** A literal colon is written twice. */
  readonly path: string;
  /** Answered from the projection: not while that is behind. */
  readonly projected?: true;
  readonly handle: (asked: Asked) => Answer | Promise<Answer>;
}

const BODY_MAX = 65_536;

function routesOf(ports: GatewayPorts): readonly Route[] {
  const signals = signalHandlers(ports);
  const controls = controlHandlers(ports);
  const reads = readHandlers(ports);
  return [
    { method: 'POST', path: '/v1/signals', handle: ({ body, key }) => signals.post(body, key) },
    { method: 'POST', path: '/v1/signals::validate', handle: ({ body, key }) => signals.validate(body, key) },
    { method: 'GET', path: '/v1/status', projected: true, handle: () => reads.status() },
    { method: 'GET', path: '/v1/queries/:name', handle: ({ params, query }) => reads.query(params.name ?? '', query) },
    { method: 'POST', path: '/v1/sql', handle: ({ body }) => reads.sql(body) },
    { method: 'POST', path: '/v1/controls', handle: ({ body, key }) => controls.post(body, key) },
    { method: 'GET', path: '/v1/controls', projected: true, handle: () => controls.list() },
    { method: 'GET', path: '/v1/controls/:id', projected: true, handle: ({ params }) => controls.get(params.id ?? '') },
    { method: 'GET', path: '/livez', handle: () => reads.livez() },
    { method: 'GET', path: '/readyz', handle: () => reads.readyz() },
  ];
}

/** The server, not yet listening. `refusal`: of callers that may not speak to it at all. */
export function makeServer(ports: GatewayPorts, refusal: (caller: Caller) => Answer | null = () => null): FastifyInstance {
  const server = fastify({ bodyLimit: BODY_MAX, requestTimeout: 10_000, keepAliveTimeout: 65_000, exposeHeadRoutes: false });
  // Bodies stay bytes: our own reader refuses what the usual one lets pass.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers;
    const refused = refusal({ address: request.socket.remoteAddress ?? '', host, origin });
    if (refused !== null) return send(reply, refused);
  });
  const routes = routesOf(ports);
  for (const { method, path, projected = false, handle } of routes) {
    const answer = (request: FastifyRequest): Answer | Promise<Answer> => {
      const behind = projected ? ports.behind() : null;
      return behind === null ? handle(askedOf(request)) : problem('PROJECTION_BEHIND', behind);
    };
    server.route({ method, url: path, handler: async (request, reply) => send(reply, await answer(request)) });
  }
  server.setNotFoundHandler((request, reply) => send(reply, missing(routes, request)));
  server.setErrorHandler((error, request, reply) => send(reply, failure(ports, error, request)));
  return server;
}

function askedOf(request: FastifyRequest): Asked {
  const key = request.headers['idempotency-key'];
  return {
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(0),
    key: Array.isArray(key) ? key.join(', ') : key,
    params: request.params as Readonly<Record<string, string>>,
    query: request.query as Readonly<Record<string, string | string[] | undefined>>,
  };
}

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return reply
    .code(status)
    .headers({ 'content-type': 'application/json', ...headers })
    .send(text);
}

function missing(routes: readonly Route[], request: FastifyRequest): Answer {
  const path = request.url.split('?')[0] ?? '';
  const allowed = routes.filter((route) => patternOf(route.path).test(path)).map(({ method }) => method);
  if (allowed.length === 0) return problem('NOT_FOUND', `${path.slice(0, 200)}: no such path`);
  const answer = problem('METHOD_NOT_ALLOWED', `${request.method} ${path.slice(0, 200)}: expected ${allowed.join(' or ')}`);
  return { ...answer, headers: { ...answer.headers, allow: allowed.join(', ') } };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/(?<!:):(?!:)\w+/g, '[^/]+').replaceAll('::', ':')}$`);
}

function failure(ports: GatewayPorts, error: unknown, request: FastifyRequest): Answer {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('BODY_TOO_LARGE', `body: expected at most ${BODY_MAX} bytes`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('TYPE_NOT_JSON', `Content-Type "${request.headers['content-type'] ?? ''}": expected application/json`);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return problem('JSON_INVALID', 'body: expected as many bytes of JSON as Content-Length says');
    default:
      ports.failed(`${request.method} ${request.url}`, error);
      return problem('INTERNAL', 'the request failed inside the gateway; its log says why');
  }
}
