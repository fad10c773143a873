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
  const text = write(value);
  // Paths are only worked out where there is something to say of them.
  if (text === null) throw new TypeError(`canonical JSON: ${faultOf(value, '$')}`);
  return text;
}

/** null where the value, or something in it, has no JSON form. */
function write(value: CanonicalValue): string | null {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') return null;
  let text = '';
  if (isList(value)) {
    for (const item of value) {
      const written = write(item);
      if (written === null) return null;
      text += text === '' ? written : `,${written}`;
    }
    return `[${text}]`;
  }
  for (const key of sorted(Object.keys(value))) {
    const member = value[key];
    const name = quote(key);
    const written = member === undefined ? null : write(member);
    if (name === null || written === null) return null;
    text += text === '' ? `${name}:${written}` : `,${name}:${written}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units, which the default sort compares and RFC 8785 asks for. */
function sorted(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i += 1) if ((keys[i - 1] ?? '') > (keys[i] ?? '')) return keys.sort();
  return keys;
}

function isList(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

function quote(text: string): string | null {
  if (isPlain(text)) return `"${text}"`;
  return text.isWellFormed() ? JSON.stringify(text) : null;
}

/** Printable ASCII that JSON writes as it is, and no longer than is worth a look. */
export function isPlain(text: string, longest = PLAIN_MAX): boolean {
  if (text.length > longest) return false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return false;
  }
  return true;
}

/** Up to here looking is cheaper than calling the writer of JSON. */
const PLAIN_MAX = 24;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first thing that has no form, in the order of writing; '' if there is none. */
function faultOf(value: CanonicalValue | undefined, path: string): string {
  if (typeof value === 'string') return value.isWellFormed() ? '' : `${path}: the text holds a lone surrogate`;
  if (typeof value === 'number') return Number.isFinite(value) ? '' : `${path}: ${value} is not a finite number`;
  if (typeof value === 'boolean' || value === null) return '';
  if (value === undefined) return `${path}: undefined has no JSON form`;
  if (typeof value !== 'object') return `${path}: a ${typeof value} has no JSON form`;
  if (isList(value)) return first(value.map((item, i) => faultOf(item, `${path}[${i}]`)));
  return first(
    Object.keys(value)
      .sort()
      .map((key) => (key.isWellFormed() ? faultOf(value[key], `${path}.${key}`) : faultOf(key, path))),
  );
}

function first(faults: readonly string[]): string {
  return faults.find((fault) => fault !== '') ?? '';
}
