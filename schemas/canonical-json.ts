// Canonical JSON (RFC 8785): one text for one value, so that hashes and ids are reproducible.
export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/** The canonical text; throws a TypeError naming the path of what JSON cannot say (bigint, NaN, undefined, lone surrogates). */
export function canonicalJson(value: CanonicalValue): string {
  return write(value, '$');
}

function write(value: CanonicalValue, path: string): string {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'string') return quote(value, path);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON: ${path}: ${value} is not a finite number`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: ${path}: a ${typeof value} has no JSON form`);
  if (isList(value)) return `[${value.map((item, i) => write(item, `${path}[${i}]`)).join(',')}]`;
  const members: string[] = [];
  // The default sort compares UTF-16 code units, which is the order RFC 8785 asks for.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) throw new TypeError(`canonical JSON: ${path}.${key}: undefined has no JSON form`);
    members.push(`${quote(key, path)}:${write(member, `${path}.${key}`)}`);
  }
  return `{${members.join(',')}}`;
}

function isList(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

function quote(text: string, path: string): string {
  if (!text.isWellFormed()) throw new TypeError(`canonical JSON: ${path}: the text holds a lone surrogate`);
  return JSON.stringify(text);
}
