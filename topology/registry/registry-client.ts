// The client of a schema registry: @kafkajs/confluent-schema-registry with a time limit, a patience of ours, and errors that say which.
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { RegistryAwayError, RegistryRefusedError } from './registry-errors.ts';

export interface RegistryClientSettings {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly request_ms: number;
  readonly away_ms: number;
  /** A registry that has just come up may not know yet what it knows: for so long after the first contact a 404 is asked again. */
  readonly fresh_ms?: number;
}

export interface RegisteredVersion {
  readonly version: number;
  readonly id: number;
  readonly schema: string;
}

export interface RegistryClient {
  /** Text of a schema; null if no schema has this id. */
  schemaById(id: number): Promise<string | null>;
  /** Every version under a subject, oldest first; empty if there is none. */
  versionsOf(subject: string): Promise<readonly RegisteredVersion[]>;
  /** Whether a schema may follow this version. */
  isCompatible(subject: string, version: number, schema: string): Promise<boolean>;
  /** Registers under full transitive compatibility, which the registry must have as its global level; returns the id. */
  register(subject: string, schema: string): Promise<number>;
  /** The global compatibility level. */
  compatibility(): Promise<string>;
}

const PAUSE_FIRST_MS = 100;
const PAUSE_LAST_MS = 2_000;
const FRESH_MS = 10_000;
const NOT_FOUND = 404;

/** What we use of the client's interface below its own methods. */
interface Api {
  readonly Schema: { find(request: { id: number }): Promise<Answer> };
  readonly Subject: {
    latestVersion(request: { subject: string }): Promise<Answer>;
    version(request: { subject: string; version: number }): Promise<Answer>;
    compatible(request: { subject: string; version: number; body: object }): Promise<Answer>;
  };
}
interface Answer {
  data(): unknown;
}

/** Every request of the client gets a time limit: it has none of its own, and a hung registry would never be noticed. */
function limited(request_ms: number) {
  return () => ({
    prepareRequest: async (next: () => Promise<{ enhance(extra: { timeout: number }): unknown }>) =>
      (await next()).enhance({ timeout: request_ms }),
  });
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null ? (error as { readonly status?: unknown }).status : undefined;
  return typeof status === 'number' ? status : 0;
}

/** The client says 400 when it could not connect, and of a time-out; a registry itself says 422. */
function mayPass(status: number): boolean {
  return status === 0 || status === 400 || status === 408 || status === 429 || status >= 500;
}

export function registryClient(settings: RegistryClientSettings): RegistryClient {
  const { url, username, password } = settings;
  const fresh_ms = settings.fresh_ms ?? FRESH_MS;
  const registry = new SchemaRegistry({
    host: url,
    clientId: 'weir',
    // Given whole: what one client leaves out it takes from the one made before it.
    retry: { retries: 0, maxRetryTimeInSecs: 1, initialRetryTimeInSecs: 0.1, factor: 0, multiplier: 1 },
    middlewares: [limited(settings.request_ms) as never],
    ...(username === null ? {} : { auth: { username, password: password ?? '' } }),
  });
  const api = (registry as unknown as { readonly api: Api }).api;
  let connected_at = 0;

  /** Tries with growing pauses until an answer that stays; null is a 404 that was not said in the first moments. */
  async function ask<T>(work: () => Promise<T>): Promise<T | null> {
    const since = performance.now();
    for (let pause = PAUSE_FIRST_MS; ; pause = Math.min(2 * pause, PAUSE_LAST_MS)) {
      let last: unknown;
      try {
        const answer = await work();
        if (connected_at === 0) connected_at = performance.now();
        return answer;
      } catch (error) {
        last = error;
      }
      const status = statusOf(last);
      const message = last instanceof Error ? last.message : String(last);
      if (mayPass(status)) connected_at = 0;
      else if (status === NOT_FOUND) {
        if (connected_at === 0) connected_at = performance.now();
        if (performance.now() - connected_at >= fresh_ms) return null;
      } else throw new RegistryRefusedError(url, status, message);
      const waited = Math.round(performance.now() - since);
      if (mayPass(status) && waited + pause > settings.away_ms) throw new RegistryAwayError(url, waited, last);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  return {
    async schemaById(id) {
      const answer = await ask(() => api.Schema.find({ id }));
      return answer === null ? null : (answer.data() as { readonly schema: string }).schema;
    },
    async versionsOf(subject) {
      const latest = await ask(() => api.Subject.latestVersion({ subject }));
      if (latest === null) return [];
      const newest = latest.data() as RegisteredVersion;
      const versions: RegisteredVersion[] = [];
      for (let version = 1; version < newest.version; version++) {
        // A number may be missing: versions can be deleted.
        const answer = await ask(() => api.Subject.version({ subject, version }));
        if (answer !== null) versions.push(answer.data() as RegisteredVersion);
      }
      return [...versions, newest].map(({ version, id, schema }) => ({ version, id, schema }));
    },
    async isCompatible(subject, version, schema) {
      const answer = await ask(() => api.Subject.compatible({ subject, version, body: { schema } }));
      return answer === null || (answer.data() as { readonly is_compatible: boolean }).is_compatible;
    },
    async register(subject, schema) {
      const options = { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE, updateConfig: false };
      const answer = await ask(async () => {
        try {
          return await registry.register({ type: SchemaType.AVRO, schema }, options);
        } catch (error) {
          if (error instanceof Error && error.name === 'ConfluentSchemaRegistryCompatibilityError')
            throw new RegistryRefusedError(url, 409, `${subject}: ${error.message}`);
          throw error;
        }
      });
      if (answer === null) throw new RegistryRefusedError(url, NOT_FOUND, `${subject} cannot be registered`);
      return answer.id;
    },
    async compatibility() {
      const answer = await ask(async () => {
        const authorization = username === null ? {} : { authorization: `Basic ${btoa(`${username}:${password ?? ''}`)}` };
        const response = await fetch(`${url}/config`, {
          headers: authorization,
          signal: AbortSignal.timeout(settings.request_ms),
        });
        if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
        return (await response.json()) as { readonly compatibilityLevel: string };
      });
      if (answer === null)
        throw new RegistryRefusedError(url, NOT_FOUND, 'no /config: is this the Confluent-compatible interface?');
      return answer.compatibilityLevel;
    },
  };
}
