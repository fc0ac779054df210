import { AwsError } from '../../service.js';

/** An IPv4 block as first and last address. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
}

/** @throws AwsError `InvalidParameterValue` when the text is no IPv4 block. */
export function parseCidr(text: string): Cidr {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const bits = Number(match?.[5] ?? 33);
  if (match === null || bits > 32 || octets.some((octet) => octet > 255)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  const size = 2 ** (32 - bits);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
