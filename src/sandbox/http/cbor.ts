import { decode, encode, Token, Type, type EncodeOptions } from 'cborg';
import type { AwsStruct } from '../service.js';

/** CBOR tag 1 is an epoch time in seconds (RFC 8949 §3.4.2); Smithy RPC v2 uses it for every timestamp. */
const epochTag = 1;

const options: EncodeOptions = {
  ignoreUndefinedProperties: true,
  typeEncoders: {
    Date: (value: unknown) =>
      value instanceof Date
        ? [new Token(Type.tag, epochTag), new Token(Type.float, value.getTime() / 1000)]
        : null,
  },
};

export function encodeCbor(struct: AwsStruct): Uint8Array {
  return encode(struct, options);
}

/** @throws Error when the bytes are not CBOR or not a map. */
export function decodeCbor(bytes: Uint8Array): AwsStruct {
  if (bytes.length === 0) return {};
  const value: unknown = decode(bytes, {
    allowIndefinite: true,
    tags: { [epochTag]: (content) => new Date(Number(content()) * 1000) },
  });
  if (!isStruct(value)) throw new Error('the body is not a CBOR map');
  return value;
}

function isStruct(value: unknown): value is AwsStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
