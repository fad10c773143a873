// The compact text that models see: canonical JSON of capped sections, always below 4 096 bytes.
import { type CanonicalValue, canonicalJson, isPlain } from '../../schemas/canonical-json.ts';

export const PAYLOAD_BYTES_MAX = 4_096;

/** Bytes of each section's value; with the 104 bytes around them they sum to 4 084. */
export const SECTION_CAPS = {
  signal: 620,
  market: 230,
  ta: 960,
  derivs: 260,
  levels: 200,
  obi: 50,
  context: 380,
  evidence: 600,
  quality: 300,
} as const;
const THESIS_CAP = 380;
export type Section = keyof typeof SECTION_CAPS;

const RANKS = Object.keys(SECTION_CAPS);
/** In canonical order, which the thesis and the version follow. */
const WRITTEN = (Object.keys(SECTION_CAPS) as Section[]).sort();

/** What stands around the sections and the thesis. */
const FRAME_BYTES = WRITTEN.reduce((sum, section) => sum + section.length + '"":,'.length, '{"thesis":,"v":1}'.length);

function byRank(a: string, b: string): number {
  return RANKS.indexOf(a) - RANKS.indexOf(b);
}

/** A section's members in order of importance: the last go first. */
export type Members = readonly (readonly [string, CanonicalValue])[];
export type Sections = { readonly [S in Section]: Members };

/** Bytes of a well-formed text in UTF-8. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Half of a surrogate pair is two of the pair's four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** A double at 6 significant digits. */
export function six(value: number): number {
  // Whole numbers of at most 6 digits have no more.
  if (value > -1e6 && value < 1e6 && Math.trunc(value) === value) return value;
  return Number(value.toPrecision(6));
}

export interface Payload {
  readonly payload: string;
  /** Its length in UTF-8. */
  readonly bytes: number;
  /** Sections that lost something. */
  readonly trims: string[];
}

export function payloadOf(sections: Sections, thesis: string | null): Payload {
  const trims: string[] = [];
  let payload = '{';
  let bytes = FRAME_BYTES;
  for (let i = 0; i < WRITTEN.length; i += 1) {
    const section = WRITTEN[i];
    if (section === undefined) continue;
    const fitted = sections[section].length === 0 ? NOTHING : written(i, section, sections[section]);
    if (fitted.trimmed) trims.push(section);
    payload += `"${section}":${fitted.text},`;
    bytes += fitted.bytes;
  }
  if (trims.length > 1) trims.sort(byRank);
  const fitted = cappedText(thesis, THESIS_CAP);
  if (fitted.trimmed) trims.push('thesis');
  payload += `"thesis":${fitted.text},"v":1}`;
  bytes += fitted.bytes;
  if (bytes >= PAYLOAD_BYTES_MAX) throw new RangeError(`payload: ${bytes} bytes: expected less than ${PAYLOAD_BYTES_MAX}`);
  return { payload, bytes, trims };
}

interface Fitted {
  readonly text: string;
  readonly bytes: number;
  readonly trimmed: boolean;
}

const NOTHING: Fitted = { text: '{}', bytes: 2, trimmed: false };

const technicalTexts = new WeakMap<Members, Fitted>();

/** The largest section; its members come again with every signal until the next bar closes. */
function technicalText(members: Members): Fitted {
  let fitted = technicalTexts.get(members);
  if (fitted === undefined) {
    fitted = capped(members, SECTION_CAPS.ta);
    technicalTexts.set(members, fitted);
  }
  return fitted;
}

/** By the place of the section: most of what is said of a signal was said of the one before it. */
const LAST: { readonly members: Members; readonly fitted: Fitted }[] = WRITTEN.map(() => ({ members: [], fitted: NOTHING }));

function written(place: number, section: Section, members: Members): Fitted {
  if (section === 'ta') return technicalText(members);
  const last = LAST[place];
  if (last !== undefined && sameMembers(last.members, members)) return last.fitted;
  const fitted = capped(members, SECTION_CAPS[section]);
  LAST[place] = { members, fitted };
  return fitted;
}

/** Lists, which only levels have, are never the same. */
function sameMembers(a: Members, b: Members): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const value = a[i]?.[1];
    if (a[i]?.[0] !== b[i]?.[0] || value !== b[i]?.[1] || (typeof value === 'object' && value !== null)) return false;
  }
  return true;
}

/** As many members, from the first on, as fit into the cap; written in canonical order. */
function capped(members: Members, cap: number): Fitted {
  const keys: string[] = [];
  const texts: string[] = [];
  // The braces; the first member has no comma before it.
  let bytes = 1;
  for (const [key, value] of members) {
    const plain = isPlain(key);
    const name = plain ? `"${key}"` : JSON.stringify(key);
    const text = typeof value === 'number' ? String(value) : canonicalJson(value);
    const more = (plain ? name.length : bytesOf(name)) + (typeof value === 'number' ? text.length : bytesOf(text)) + 2;
    if (bytes + more > cap) break;
    bytes += more;
    let at = keys.length;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) {
      keys[at] = keys[at - 1] ?? '';
      texts[at] = texts[at - 1] ?? '';
    }
    keys[at] = key;
    texts[at] = `${name}:${text}`;
  }
  return { text: `{${texts.join(',')}}`, bytes: Math.max(bytes, 2), trimmed: texts.length < members.length };
}

function cappedText(text: string | null, cap: number): Fitted {
  if (text === null) return { text: 'null', bytes: 4, trimmed: false };
  let kept = '';
  let bytes = 2;
  for (const point of text) {
    const more = bytesOf(JSON.stringify(point)) - 2;
    if (bytes + more > cap) return { text: JSON.stringify(kept), bytes, trimmed: true };
    bytes += more;
    kept += point;
  }
  return { text: JSON.stringify(kept), bytes, trimmed: false };
}
