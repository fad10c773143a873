// Resolves `extends`: a document laid over its parent, to any depth, so that the result stands alone.
import type { PolicyFault } from './parse.ts';

export const PROFILES = ['paper', 'live', 'conservative', 'bench', 'demo'] as const;
export type ProfileName = (typeof PROFILES)[number];

type Document = Readonly<Record<string, unknown>>;

export type Resolved =
  | { readonly document: Document; readonly fault: null }
  | { readonly document: null; readonly fault: PolicyFault };

/** `parent` finds the document that a name in `extends` stands for (a profile or a file); null = there is none. */
export function resolvePolicy(document: unknown, parent: (name: string) => unknown): Resolved {
  const layers: Document[] = [];
  const seen: string[] = [];
  let layer = document;
  for (;;) {
    if (!isMap(layer))
      return refuse(seen, layer === null || layer === undefined ? 'missing' : typeof layer, 'a document that is a map');
    const { extends: name, ...rest } = layer;
    layers.push(rest);
    if (name === undefined) break;
    if (typeof name !== 'string') return refuse(seen, JSON.stringify(name), 'the name of a profile or file');
    if (seen.includes(name)) return refuse([...seen, name], name, `no cycle: ${[...seen, name].join(' → ')}`);
    seen.push(name);
    layer = parent(name);
    if (layer === null || layer === undefined) return refuse(seen, name, `one of ${PROFILES.join(', ')}, or a file`);
  }
  let result: Document = {};
  for (const next of layers.reverse()) result = merge(result, next);
  return { document: result, fault: null };
}

function refuse(seen: readonly string[], value: string, expected: string): Resolved {
  return {
    document: null,
    fault: { code: 'POLICY_EXTENDS', path: ['', ...seen].map(() => 'extends').join('.'), value, expected },
  };
}

function isMap(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maps merge key by key; lists and scalars, null among them, replace. */
function merge(base: Document, over: Document): Document {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    result[key] = isMap(value) ? merge(isMap(old) ? old : {}, value) : value;
  }
  return result;
}
