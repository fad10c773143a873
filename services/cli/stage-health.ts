// Probes of a process that runs stages on Kafka: it lives while its loop turns, it is ready while it has its place in every group.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StageHealth {
  readonly ending: boolean;
  readonly stages: readonly {
    readonly name: string;
    /** null before the first assignment. */
    readonly assigned: readonly number[] | null;
    readonly owned: readonly { readonly partition: number; readonly current: boolean }[];
    readonly stopped: readonly string[];
    /** Since the last heartbeat that was answered. */
    readonly silent_ms: number;
    readonly session_ms: number;
    /** Why it cannot do its work now; '' if it can. */
    readonly trouble?: string;
  }[];
  /** What is no member of a group; where it is not `needed` it is told, and makes nobody unready. */
  readonly others?: Readonly<Record<string, { readonly ok: boolean; readonly detail: string; readonly needed: boolean }>>;
}

export interface Probe {
  readonly status: 'ok' | 'unavailable';
  readonly time: string;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail: string; readonly age_s: number }>>;
}

export interface HealthServer {
  /** `host:port`; '' if probes are answered nowhere. */
  readonly address: string;
  ready(): Probe;
  close(): Promise<void>;
}

/** A stopped partition, or one that still catches up, does not make a process unready: restarting it mends neither. */
export function readinessOf({ ending, stages, others = {} }: StageHealth): Probe {
  const checks: Record<string, { ok: boolean; detail: string; age_s: number }> = {
    draining: { ok: !ending, detail: ending ? 'stopping' : '', age_s: 0 },
  };
  for (const stage of stages) {
    const silent = stage.silent_ms > stage.session_ms;
    const { trouble = '' } = stage;
    const behind = stage.owned.filter(({ current }) => !current).map(({ partition }) => partition);
    const parts = [
      stage.assigned === null ? 'not assigned yet' : `partitions ${stage.assigned.join(', ') || 'none'}`,
      ...(behind.length > 0 ? [`catching up: ${behind.join(', ')}`] : []),
      ...(silent ? ['the group does not answer'] : []),
      ...(trouble === '' ? [] : [trouble]),
      ...stage.stopped,
    ];
    checks[stage.name] = {
      ok: stage.assigned !== null && !silent && trouble === '',
      detail: parts.join('; '),
      age_s: Math.round(stage.silent_ms) / 1_000,
    };
  }
  const ok =
    Object.values(checks).every((check) => check.ok) && Object.values(others).every((other) => other.ok || !other.needed);
  for (const [name, other] of Object.entries(others)) checks[name] = { ok: other.ok, detail: other.detail, age_s: 0 };
  return { status: ok ? 'ok' : 'unavailable', time: new Date().toISOString(), checks };
}

/** `at`: `host:port` or a port; null: nowhere. */
export async function serveHealth(at: string | null, health: () => StageHealth): Promise<HealthServer> {
  const ready = (): Probe => readinessOf(health());
  if (at === null) return { address: '', ready, close: async () => {} };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const live = path === '/livez' || path === '/health';
    if (!live && path !== '/readyz' && path !== '/ready') {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"status":"unknown"}');
      return;
    }
    // Whoever can answer this turns; what is away is a matter of readiness.
    const probe: Probe = live ? { status: 'ok', time: new Date().toISOString(), checks: {} } : ready();
    response.writeHead(probe.status === 'ok' ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(probe));
  });
  const colon = at.lastIndexOf(':');
  const host = colon < 0 ? '127.0.0.1' : at.slice(0, colon);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(at.slice(colon + 1)), host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `${address}:${port}`,
    ready,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
