// CRC-32C (Castagnoli), eight bytes a step: the checksum of a record batch.

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Slice s, byte b: what b followed by s zero bytes adds. */
const table = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : POLYNOMIAL);
  table[byte] = crc;
}
for (let i = 256; i < table.length; i++) {
  const before = table[i - 256] ?? 0;
  table[i] = (before >>> 8) ^ (table[before & 0xff] ?? 0);
}

const of = (slice: number, byte: number): number => table[slice * 256 + (byte & 0xff)] ?? 0;

/** Unsigned, of the bytes from `from` up to `to`. */
export function crc32c(bytes: Buffer, from: number, to: number): number {
  let crc = -1;
  let at = from;
  for (; at + SLICES <= to; at += SLICES) {
    const low = crc ^ bytes.readInt32LE(at);
    const high = bytes.readInt32LE(at + 4);
    crc =
      of(7, low) ^
      of(6, low >>> 8) ^
      of(5, low >>> 16) ^
      of(4, low >>> 24) ^
      of(3, high) ^
      of(2, high >>> 8) ^
      of(1, high >>> 16) ^
      of(0, high >>> 24);
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ of(0, crc ^ (bytes[at] ?? 0));
  return ~crc >>> 0;
}
