// The compact text that models see: canonical JSON of capped sections, always below 4 096 bytes.
import { bytesOf, type Written } from './section.ts';

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
export type SectionName = keyof typeof SECTION_CAPS;
export type Sections = { readonly [S in SectionName]: Written };

const RANKS = Object.keys(SECTION_CAPS);
/** In canonical order, which the thesis and the version follow. */
const WRITTEN = (Object.keys(SECTION_CAPS) as SectionName[]).sort();

function byRank(a: string, b: string): number {
  return RANKS.indexOf(a) - RANKS.indexOf(b);
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
  let bytes = '{'.length;
  for (const name of WRITTEN) {
    const section = sections[name];
    if (section.trimmed) trims.push(name);
    payload += section.text;
    bytes += section.bytes;
  }
  if (trims.length > 1) trims.sort(byRank);
  const last = thesis === null ? NO_THESIS : thesisOf(thesis);
  if (last.trimmed) trims.push('thesis');
  payload += last.text + VERSION;
  bytes += last.bytes + VERSION.length;
  if (bytes >= PAYLOAD_BYTES_MAX) throw new RangeError(`payload: ${bytes} bytes: expected less than ${PAYLOAD_BYTES_MAX}`);
  return { payload, bytes, trims };
}

const VERSION = '"v":1}';
const NO_THESIS = thesisMember('null', 'null'.length, false);

function thesisMember(text: string, bytes: number, trimmed: boolean): Written {
  return { text: `"thesis":${text},`, bytes: '"thesis":,'.length + bytes, trimmed };
}

/** As many characters as fit into the cap. */
function thesisOf(text: string): Written {
  let kept = '';
  let bytes = 2;
  for (const point of text) {
    const more = bytesOf(JSON.stringify(point)) - 2;
    if (bytes + more > THESIS_CAP) return thesisMember(JSON.stringify(kept), bytes, true);
    bytes += more;
    kept += point;
  }
  return thesisMember(JSON.stringify(kept), bytes, false);
}
