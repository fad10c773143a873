// The compact text that models see: canonical JSON of capped sections, always below 4 096 bytes.
import { type CanonicalValue, canonicalJson } from '../../schemas/canonical-json.ts';

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
  return Number(value.toPrecision(6));
}

export function payloadOf(sections: Sections, thesis: string | null): { readonly payload: string; readonly trims: string[] } {
  const trims: string[] = [];
  const texts: [string, string][] = [['v', '1']];
  for (const [name, cap] of Object.entries(SECTION_CAPS)) {
    const fitted = capped(sections[name as Section], cap);
    if (fitted.trimmed) trims.push(name);
    texts.push([name, fitted.text]);
  }
  const fitted = cappedText(thesis, THESIS_CAP);
  if (fitted.trimmed) trims.push('thesis');
  texts.push(['thesis', fitted.text]);
  texts.sort(([a], [b]) => (a < b ? -1 : 1));
  const payload = `{${texts.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
  const bytes = bytesOf(payload);
  if (bytes >= PAYLOAD_BYTES_MAX) throw new RangeError(`payload: ${bytes} bytes: expected less than ${PAYLOAD_BYTES_MAX}`);
  return { payload, trims };
}

/** As many members, from the first on, as fit into the cap; written in canonical order. */
function capped(members: Members, cap: number): { readonly text: string; readonly trimmed: boolean } {
  const kept: { readonly key: string; readonly text: string }[] = [];
  let bytes = 2;
  let trimmed = false;
  for (const [key, value] of members) {
    const text = `${JSON.stringify(key)}:${canonicalJson(value)}`;
    bytes += bytesOf(text) + (kept.length === 0 ? 0 : 1);
    if (bytes > cap) {
      trimmed = true;
      break;
    }
    kept.push({ key, text });
  }
  kept.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { text: `{${kept.map(({ text }) => text).join(',')}}`, trimmed };
}

function cappedText(text: string | null, cap: number): { readonly text: string; readonly trimmed: boolean } {
  if (text === null) return { text: 'null', trimmed: false };
  let kept = '';
  let bytes = 2;
  for (const point of text) {
    bytes += bytesOf(JSON.stringify(point)) - 2;
    if (bytes > cap) return { text: JSON.stringify(kept), trimmed: true };
    kept += point;
  }
  return { text: JSON.stringify(kept), trimmed: false };
}
