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
const WRITTEN = (Object.keys(SECTION_CAPS) as SectionName[]).sort().map((section) => ({ section, head: `"${section}":` }));

/** What stands around the sections and the thesis. */
const FRAME_BYTES = WRITTEN.reduce((sum, { head }) => sum + head.length + ','.length, '{"thesis":,"v":1}'.length);

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
  let bytes = FRAME_BYTES;
  for (const { section, head } of WRITTEN) {
    const written = sections[section];
    if (written.trimmed) trims.push(section);
    payload += `${head}${written.text},`;
    bytes += written.bytes;
  }
  if (trims.length > 1) trims.sort(byRank);
  const fitted = thesis === null ? NO_THESIS : cappedText(thesis, THESIS_CAP);
  if (fitted.trimmed) trims.push('thesis');
  payload += `"thesis":${fitted.text},"v":1}`;
  bytes += fitted.bytes;
  if (bytes >= PAYLOAD_BYTES_MAX) throw new RangeError(`payload: ${bytes} bytes: expected less than ${PAYLOAD_BYTES_MAX}`);
  return { payload, bytes, trims };
}

const NO_THESIS: Written = { text: 'null', bytes: 4, trimmed: false };

function cappedText(text: string, cap: number): Written {
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
