// What to do with a schema id that the lock does not know: ask the registry once, remember the answer, read the record or say why not.

import type { AvroRecord } from '../../schemas/avro-schema.ts';
import { schemaLock } from '../../schemas/codec.ts';
import { unreadable } from '../../schemas/compatibility.ts';
import { type Decoded, type DecodeError, makeCodec } from '../../schemas/make-codec.ts';
import { type SchemaLock, type SchemaVersion, schemaFingerprint } from '../../schemas/schema-lock.ts';
import type { RegistryClient } from './registry-client.ts';

/** readable: records of the id can be decoded, as the record that we know. unknown: they are poison, to be dead-lettered as they are. */
export type LookedUp =
  | { readonly kind: 'readable'; readonly schema: SchemaVersion; decode(bytes: Uint8Array): Decoded | DecodeError }
  | { readonly kind: 'unknown'; readonly message: string };

export interface SchemaLookup {
  /** What is remembered of an id, at once; null: it has to be asked for. */
  known(id: number): LookedUp | null;
  /**
   * Asks the registry unless the answer is remembered; many askers of one id are one question. Throws RegistryAwayError or
   * RegistryRefusedError, and for a while the same again, without a question about any id.
   */
  find(id: number): Promise<LookedUp>;
  /** Takes an id for unknown for a while, since nobody can be asked. */
  giveUp(id: number, why: string): LookedUp;
}

export interface LookupOptions {
  readonly lock?: SchemaLock;
  /** How long an id stays unknown before it is asked for again. Default 10 minutes. */
  readonly unknown_ms?: number;
  /** Ids that are remembered as unknown; more push out the oldest, so that a flood of ids takes no memory. */
  readonly unknown_max?: number;
  /** For so long after a question without an answer none is asked, and what was given up stays so. Default 30 seconds. */
  readonly silent_ms?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const UNKNOWN_MS = 600_000;
const UNKNOWN_MAX = 10_000;
const SILENT_MS = 30_000;
const SCHEMA_TEXT_MAX = 262_144;

export function schemaLookup(registry: Pick<RegistryClient, 'schemaById'>, options: LookupOptions = {}): SchemaLookup {
  const { lock = schemaLock, unknown_ms = UNKNOWN_MS, unknown_max = UNKNOWN_MAX, silent_ms = SILENT_MS } = options;
  const now = options.now ?? (() => performance.now());
  const readable = new Map<number, LookedUp>();
  const unknown = new Map<number, { readonly until: number; readonly found: LookedUp }>();
  const asked = new Map<number, Promise<LookedUp>>();
  let silent: { readonly until: number; readonly error: unknown } | null = null;

  function known(id: number): LookedUp | null {
    const reader = readable.get(id);
    if (reader !== undefined) return reader;
    const none = unknown.get(id);
    if (none === undefined) return null;
    if (none.until > now()) return none.found;
    unknown.delete(id);
    return null;
  }

  function remember(id: number, found: LookedUp, ms = unknown_ms): LookedUp {
    if (found.kind === 'readable') {
      readable.set(id, found);
      return found;
    }
    // A map is in the order of insertion.
    const [oldest] = unknown.size < unknown_max ? [] : unknown.keys();
    if (oldest !== undefined) unknown.delete(oldest);
    unknown.set(id, { until: now() + ms, found });
    return found;
  }

  async function ask(id: number): Promise<LookedUp> {
    if (silent !== null && silent.until > now()) throw silent.error;
    let text: string | null;
    try {
      text = await registry.schemaById(id);
      silent = null;
    } catch (error) {
      silent = { until: now() + silent_ms, error };
      throw error;
    }
    if (text === null) return { kind: 'unknown', message: `schema id ${id} is neither in the lock nor in the registry` };
    return readerOf(id, text, lock);
  }

  return {
    known,
    async find(id) {
      const before = known(id);
      if (before !== null) return before;
      let question = asked.get(id);
      if (question === undefined) {
        question = ask(id)
          .then((found) => remember(id, found))
          .finally(() => asked.delete(id));
        asked.set(id, question);
      }
      return question;
    },
    giveUp: (id, why) => remember(id, { kind: 'unknown', message: `schema id ${id} is not in the lock: ${why}` }, silent_ms),
  };
}

/** Reads what the registry says the id is, if it is a version of a record of ours that our schema can read. */
function readerOf(id: number, text: string, lock: SchemaLock): LookedUp {
  const unknown = (reason: string): LookedUp => ({ kind: 'unknown', message: `schema id ${id}: ${reason}` });
  if (text.length > SCHEMA_TEXT_MAX)
    return unknown(`its schema has ${text.length} characters, at most ${SCHEMA_TEXT_MAX} are read`);
  try {
    const schema: unknown = JSON.parse(text);
    const name = recordName(schema);
    const locked = name === null || !Object.hasOwn(lock, name) ? undefined : lock[name];
    const current = locked?.versions.at(-1);
    if (name === null || locked === undefined || current === undefined) return unknown('it is no record of ours');
    const faults = unreadable(JSON.parse(current.schema) as AvroRecord, schema as AvroRecord);
    if (faults.length > 0) return unknown(`our ${name} cannot read it: ${faults.slice(0, 3).join('; ')}`);
    const written: SchemaVersion = { id, fingerprint: schemaFingerprint(schema as AvroRecord), schema: text };
    const { decode } = makeCodec({
      [name]: { locked: true, versions: [written, { ...current, id: id === current.id ? 0 : current.id }] },
    });
    return { kind: 'readable', schema: written, decode };
  } catch (error) {
    return unknown(`its schema cannot be used (${error instanceof Error ? error.message : error})`);
  }
}

/** `Signal` of `{"type":"record","namespace":"weir","name":"Signal"}` or of the full name. */
function recordName(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null) return null;
  const { type, name, namespace } = schema as { readonly type?: unknown; readonly name?: unknown; readonly namespace?: unknown };
  if (type !== 'record' || typeof name !== 'string') return null;
  const full = name.includes('.') || typeof namespace !== 'string' ? name : `${namespace}.${name}`;
  return full.startsWith('weir.') ? full.slice('weir.'.length) : null;
}
