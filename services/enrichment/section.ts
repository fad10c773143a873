// One section of the payload: members in order of importance, as many as fit under its cap, written in canonical order.
import { canonicalJson, isPlain } from '../../schemas/canonical-json.ts';
import { type Decimal, formatDecimal } from '../../schemas/money.ts';

export type Saying = Decimal | number | string | boolean | readonly number[];
type Loose = Saying | null | undefined;

interface Member {
  /** 0 is the most important. */
  readonly rank: number;
  readonly key: string;
  /** The key as JSON writes it, and the colon. */
  readonly head: string;
  /** The same after a comma. */
  readonly next: string;
  readonly head_bytes: number;
  value: Saying;
  /** The value as JSON writes it. */
  said: string;
  /** Of all of it, the comma included. */
  bytes: number;
}

/** Kept from one signal to the next: most of what is said of a signal was said of the one before, and is not written again. */
export interface Section {
  /** Its name as JSON writes it, and the colon. */
  readonly head: string;
  readonly cap: number;
  /** By rank. */
  readonly members: Member[];
  /** The same in canonical order. */
  canonical: Member[];
  /** Members said again, or anew, since the section began. */
  count: number;
  /** null where something has changed since it was written. */
  written: Written | null;
}

/** A member of the payload, with the comma after it. */
export interface Written {
  readonly text: string;
  /** Of the text in UTF-8. */
  readonly bytes: number;
  /** Something did not fit. */
  readonly trimmed: boolean;
}

/** `cap`: bytes of its value. */
export function newSection(name: string, cap: number): Section {
  return { head: `"${name}":`, cap, members: [], canonical: [], count: 0, written: null };
}

export function begin(section: Section): Section {
  section.count = 0;
  return section;
}

/** A member that has a finite value, less important than those before it; doubles at 6 digits, decimals as text. */
export function say(section: Section, key: string, value: Loose): void {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return;
  const rank = section.count;
  const before = section.members[rank];
  if (before === undefined) {
    insert(section, newMember(rank, key, value));
  } else if (before.key !== key) {
    cut(section, rank);
    insert(section, newMember(rank, key, value));
  } else if (before.value !== value) {
    write(before, value);
    section.written = null;
  }
  section.count = rank + 1;
}

export function sayAll(section: Section, values: { readonly [key: string]: Loose }): Section {
  for (const key in values) say(section, key, values[key]);
  return section;
}

/** As many members, from the first on, as fit into the cap. */
export function written(section: Section): Written {
  if (section.count < section.members.length) cut(section, section.count);
  section.written ??= fitted(section);
  return section.written;
}

function fitted({ head, cap, members, canonical }: Section): Written {
  // The braces; the first member has no comma before it.
  let bytes = 1;
  let kept = 0;
  for (const member of members) {
    if (bytes + member.bytes > cap) break;
    bytes += member.bytes;
    kept += 1;
  }
  let text = '';
  for (const member of canonical) {
    if (member.rank < kept) text += (text === '' ? member.head : member.next) + member.said;
  }
  return { text: `${head}{${text}},`, bytes: head.length + Math.max(bytes, 2) + ','.length, trimmed: kept < members.length };
}

/** Forgets the members from a rank on. */
function cut(section: Section, rank: number): void {
  section.written = null;
  section.members.length = rank;
  section.canonical = section.canonical.filter((member) => member.rank < rank);
}

function insert(section: Section, member: Member): void {
  section.written = null;
  section.members.push(member);
  const { canonical } = section;
  let at = canonical.length;
  for (let last = canonical[at - 1]; last !== undefined && last.key > member.key; last = canonical[at - 1]) {
    canonical[at] = last;
    at -= 1;
  }
  canonical[at] = member;
}

function newMember(rank: number, key: string, value: Saying): Member {
  const plain = isPlain(key);
  const head = plain ? `"${key}":` : `${JSON.stringify(key)}:`;
  const head_bytes = plain ? head.length : bytesOf(head);
  const member = { rank, key, head, next: `,${head}`, head_bytes, value, said: '', bytes: 0 };
  write(member, value);
  return member;
}

function write(member: Member, value: Saying): void {
  const said = textOf(value);
  member.said = said;
  member.bytes = ','.length + member.head_bytes + (typeof value === 'string' ? bytesOf(said) : said.length);
  member.value = value;
}

function textOf(value: Saying): string {
  if (typeof value === 'number') return six(value);
  if (typeof value === 'bigint') return `"${formatDecimal(value)}"`;
  if (typeof value === 'object') return `[${value.map(six).join(',')}]`;
  return canonicalJson(value);
}

/** A finite double at 6 significant digits, as JSON writes it. */
export function six(value: number): string {
  // Whole numbers of at most 6 digits have no more.
  if (value > -1e6 && value < 1e6 && Math.trunc(value) === value) return String(value);
  const text = value.toPrecision(6);
  // Six digits spell one double and no shorter text does: only the form may differ.
  if (text.includes('e')) return String(Number(text));
  let end = text.length;
  if (text.includes('.')) {
    while (text.charCodeAt(end - 1) === ZERO) end -= 1;
    if (text.charCodeAt(end - 1) === POINT) end -= 1;
  }
  return text.slice(0, end);
}

const ZERO = 0x30;
const POINT = 0x2e;

/** Bytes of a well-formed text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Half of a surrogate pair is two of the pair's four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
