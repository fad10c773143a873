// Reads the numbers and texts of Kafka's protocol from bytes, one after the other.
export interface ByteReader {
  at: number;
  /** Goes on in other bytes. */
  from(bytes: Buffer, at: number): ByteReader;
  int8(): number;
  int16(): number;
  int32(): number;
  int64(): number;
  /** Zigzag, up to 32 bits. */
  varint(): number;
  /** Zigzag, as far as a double is exact. */
  varlong(): number;
  text(length: number): string;
}

/** Its methods hold the bytes, so one reader serves many batches without making anything. */
export function byteReader(given: Buffer): ByteReader {
  let bytes = given;
  const reader: ByteReader = {
    at: 0,
    from(other, at) {
      bytes = other;
      reader.at = at;
      return reader;
    },
    int8() {
      reader.at += 1;
      return bytes.readInt8(reader.at - 1);
    },
    int16() {
      reader.at += 2;
      return bytes.readInt16BE(reader.at - 2);
    },
    int32() {
      reader.at += 4;
      return bytes.readInt32BE(reader.at - 4);
    },
    int64() {
      reader.at += 8;
      return bytes.readInt32BE(reader.at - 8) * 4_294_967_296 + bytes.readUInt32BE(reader.at - 4);
    },
    varint() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[reader.at] ?? 0;
        reader.at += 1;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      return (value >>> 1) ^ -(value & 1);
    },
    varlong() {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[reader.at] ?? 0;
        reader.at += 1;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) break;
      }
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    text(length) {
      const from = reader.at;
      reader.at += Math.max(0, length);
      return bytes.toString('utf8', from, reader.at);
    },
  };
  return reader;
}
