// How Weir's values lie in avsc: decimals as bigint, bytes as Uint8Array, nullables without wrapping, hostile counts refused.
import avro from 'avsc';
import type { AvroRecord } from './avro-schema.ts';

/** The cursor that avsc hands to its types; part of the pinned version, not of its published types. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  writeLong(n: number): void;
  readString(): string | undefined;
}
/** What every avsc type can do with a cursor. */
interface Part {
  _read(tap: Tap): unknown;
  _write(tap: Tap, value: unknown): void;
}
function part(type: avro.Type | undefined): Part {
  return type as unknown as Part;
}

const SCRATCH = new DataView(new ArrayBuffer(16));
const MAX_DECIMAL_BYTES = 16;

/** Writes x as the shortest big-endian two's complement into the scratch bytes; returns where it starts (it ends at 16). */
function spread(x: bigint): number {
  let at: number;
  if (BigInt.asIntN(64, x) === x) {
    SCRATCH.setBigInt64(8, x);
    at = 8;
  } else if (BigInt.asIntN(128, x) === x) {
    SCRATCH.setBigInt64(0, x >> 64n);
    SCRATCH.setBigUint64(8, BigInt.asUintN(64, x));
    at = 0;
  } else {
    throw new RangeError(`decimal ${x}: more than 38 digits`);
  }
  const fill = x < 0n ? 0xff : 0;
  const top = x < 0n ? 0x80 : 0;
  // A byte of mere sign is dropped while the next one still shows the same sign.
  while (at < 15 && SCRATCH.getUint8(at) === fill && (SCRATCH.getUint8(at + 1) & 0x80) === top) at += 1;
  return at;
}

function gather(bytes: Uint8Array, from: number, length: number): bigint {
  const first = bytes[from] ?? 0;
  if (length <= 6) {
    let value = length === 0 ? 0 : (first << 24) >> 24;
    for (let i = 1; i < length; i += 1) value = value * 256 + (bytes[from + i] ?? 0);
    return BigInt(value);
  }
  const fill = first & 0x80 ? 0xff : 0;
  const start = MAX_DECIMAL_BYTES - length;
  for (let i = length <= 8 ? 8 : 0; i < start; i += 1) SCRATCH.setUint8(i, fill);
  for (let i = 0; i < length; i += 1) SCRATCH.setUint8(start + i, bytes[from + i] ?? 0);
  if (length <= 8) return SCRATCH.getBigInt64(8);
  return (SCRATCH.getBigInt64(0) << 64n) | SCRATCH.getBigUint64(8);
}

/** Decimals of up to 128 bits as bigint, without strings or intermediate buffers. */
export class DecimalType extends avro.types.LogicalType {
  _read(tap: Tap): bigint {
    const length = tap.readLong();
    if (length < 0 || length > MAX_DECIMAL_BYTES) throw new RangeError(`decimal of ${length} bytes: expected at most 16`);
    const from = tap.pos;
    tap.pos += length;
    return gather(tap.buf, from, length);
  }
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'bigint') throw new TypeError(`decimal: expected a bigint, got ${typeof value}`);
    let at = spread(value);
    tap.writeLong(MAX_DECIMAL_BYTES - at);
    const { buf } = tap;
    let pos = tap.pos;
    while (at < MAX_DECIMAL_BYTES) buf[pos++] = SCRATCH.getUint8(at++);
    tap.pos = pos;
  }
  protected override _fromValue(bytes: Buffer): bigint {
    return gather(bytes, 0, bytes.length);
  }
  protected override _toValue(value: unknown): Buffer | undefined {
    if (typeof value !== 'bigint') return undefined;
    const at = spread(value);
    return Buffer.from(SCRATCH.buffer.slice(at));
  }
  protected override _resolve(type: avro.Type): ((value: unknown) => unknown) | undefined {
    return type instanceof DecimalType ? (value) => value : undefined;
  }
}

/** Bytes as a Uint8Array of their own. */
class BytesType extends avro.types.LogicalType {
  _read(tap: Tap): Uint8Array {
    const length = tap.readLong();
    const from = tap.pos;
    if (length < 0 || from + length > tap.buf.length) throw new RangeError(`bytes of length ${length} reach past the end`);
    tap.pos = from + length;
    const bytes = new Uint8Array(length);
    bytes.set(tap.buf.subarray(from, tap.pos));
    return bytes;
  }
  _write(tap: Tap, value: unknown): void {
    if (!(value instanceof Uint8Array)) throw new TypeError(`bytes: expected a Uint8Array, got ${typeof value}`);
    tap.writeLong(value.length);
    const from = tap.pos;
    tap.pos += value.length;
    if (tap.pos <= tap.buf.length) tap.buf.set(value, from);
  }
  protected override _fromValue(bytes: Buffer): Uint8Array {
    return new Uint8Array(bytes);
  }
  protected override _toValue(value: unknown): Buffer | undefined {
    return value instanceof Uint8Array ? Buffer.from(value) : undefined;
  }
  protected override _resolve(type: avro.Type): ((value: unknown) => unknown) | undefined {
    return type instanceof BytesType ? (value) => value : undefined;
  }
}

/** ["null", X] without looking at the value to find its branch. */
class NullableType extends avro.types.UnwrappedUnionType {
  _read(tap: Tap): unknown {
    const branch = tap.readLong();
    if (branch === 0) return null;
    if (branch === 1) return part(this.types[1])._read(tap);
    throw new RangeError(`branch ${branch} of a nullable: expected 0 or 1`);
  }
  _write(tap: Tap, value: unknown): void {
    if (value === null) {
      tap.writeLong(0);
    } else {
      tap.writeLong(1);
      part(this.types[1])._write(tap, value);
    }
  }
}

/** The next block count of an array or map; every item takes at least one byte, so a larger count is a lie. */
function blockCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong();
  }
  if (count > tap.buf.length - tap.pos) throw new RangeError(`block of ${count} items reaches past the end`);
  return count;
}

class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items: unknown[] = [];
    const item = part(this.itemsType);
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (let i = 0; i < count; i += 1) items.push(item._read(tap));
    }
    return items;
  }
}

class BoundedMapType extends avro.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    const value = part(this.valuesType as avro.Type);
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (let i = 0; i < count; i += 1) {
        const key = tap.readString() ?? '';
        // Assigning to this key would set the prototype instead of a member.
        if (key === '__proto__') throw new RangeError('map key __proto__ is refused');
        map[key] = value._read(tap);
      }
    }
    return map;
  }
}

const REPLACEMENT = '\ufffd';

/** Text that is valid UTF-8: what avsc would silently repair is refused. */
class TextType extends avro.types.StringType {
  _read(tap: Tap): string {
    const from = tap.pos;
    const text = tap.readString();
    if (text === undefined) throw new RangeError('a string reaches past the end');
    if (text.includes(REPLACEMENT) && !tap.buf.subarray(from, tap.pos).includes(Buffer.from(text))) {
      throw new RangeError('a string is not valid UTF-8');
    }
    return text;
  }
}

type Hook = NonNullable<avro.ForSchemaOptions['typeHook']>;

const hook: Hook = (schema, options) => {
  if (schema === 'string') return new TextType();
  if (schema === 'bytes') return new BytesType({ type: 'bytes', logicalType: 'raw' } as avro.Schema, options);
  if (typeof schema !== 'object') return undefined;
  if (Array.isArray(schema)) return schema.length === 2 && schema[0] === 'null' ? new NullableType(schema, options) : undefined;
  if (!('type' in schema)) return undefined;
  if (schema.type === 'array') return new BoundedArrayType(schema as avro.Schema, options);
  if (schema.type === 'map') return new BoundedMapType(schema as avro.Schema, options);
  return undefined;
};

/** The avsc type of a record; times are plain longs (integer µs fit a double), decoded records are plain objects. */
export function avroType(schema: AvroRecord): avro.Type {
  const registry: Record<string, avro.Type> = {};
  const type = avro.Type.forSchema(schema as unknown as avro.Schema, {
    logicalTypes: { decimal: DecimalType },
    assertLogicalTypes: true,
    omitRecordMethods: true,
    registry,
    typeHook: hook,
  });
  for (const named of Object.values(registry)) {
    // avsc makes a class for each record; with this prototype its instances are ordinary objects.
    if (named instanceof avro.types.RecordType)
      Object.defineProperty(named.recordConstructor, 'prototype', { value: Object.prototype });
  }
  return type;
}
