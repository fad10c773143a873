// For tests: docker-compose.yml as data, as the engine sees it: merged, with its variables filled in.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const text = z.string();
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

/** Strict: a key that is not here is one that nobody checks. */
const service = z.strictObject({
  image: text,
  pull_policy: z.literal('never').optional(),
  build: z.strictObject({ context: text, dockerfile: text }).optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(text).optional(),
  cap_drop: z.array(text).optional(),
  security_opt: z.array(text).optional(),
  mem_limit: z.string().regex(/^\d+[mg]$/),
  restart: z.enum(['no', 'unless-stopped']),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  profiles: z.array(text).optional(),
  entrypoint: z.array(text).optional(),
  command: z.array(text).optional(),
  environment: z.record(text, text).optional(),
  network_mode: z.literal('none').optional(),
  ports: z.array(z.string().regex(/^[\d.]+:\d+:\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[a-z/]+(:ro)?$/)).optional(),
  ulimits: z.strictObject({ nofile: z.number() }).optional(),
  depends_on: z.record(text, z.strictObject({ condition })).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(text).refine(([first]) => first === 'CMD', 'expected CMD: no shell'),
      interval: text,
      timeout: text,
      retries: z.number(),
      start_period: text,
      start_interval: text,
    })
    .optional(),
});
const file = z.object({
  name: text,
  services: z.record(text, service),
  volumes: z.record(text, z.null()),
});

export type ComposeService = z.output<typeof service>;

export interface ComposeFile {
  readonly text: string;
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly volumes: readonly string[];
  /** Variables of the one who starts it, each with what it is if unset. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Throws a ZodError naming each key that does not fit. */
export function composeFile(source: string, env: Readonly<Record<string, string>> = {}): ComposeFile {
  const variables = new Map<string, string>();
  const filled = source.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise = '') => {
    variables.set(name, otherwise);
    return env[name] ?? otherwise;
  });
  const document: unknown = parse(filled, { merge: true });
  if (typeof document === 'object' && document !== null && 'version' in document) throw new TypeError('version: is obsolete');
  const { services, volumes } = file.parse(document);
  return { text: source, services: new Map(Object.entries(services)), volumes: Object.keys(volumes), variables };
}

export function shippedCompose(): string {
  return readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
}

/** Of our image. */
export function isOurs({ image }: ComposeService): boolean {
  return image.startsWith('weir:');
}

/** Runs once and ends. */
export function isJob(of: ComposeService): boolean {
  return of.restart === 'no';
}

export function bytesOf(limit: string): number {
  return Number(limit.slice(0, -1)) * (limit.endsWith('g') ? 1024 : 1) * 1024 * 1024;
}

/** What `docker compose up <names>` starts: these and all that they wait for. */
export function startedBy(names: readonly string[], { services }: ComposeFile): ReadonlySet<string> {
  const started = new Set<string>();
  const add = (name: string): void => {
    if (started.has(name)) return;
    started.add(name);
    for (const other of Object.keys(services.get(name)?.depends_on ?? {})) add(other);
  };
  for (const name of names) add(name);
  return started;
}
