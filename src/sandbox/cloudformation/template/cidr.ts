import { templateError } from './template-error.js';

/**
 * `Fn::Cidr`: `count` (1 to 256) blocks of `cidrBits` host bits each, cut from the start of an IPv4 `block`.
 * Throws `ValidationError` when the block is too small. IPv6 blocks are refused by name.
 */
export function cidrBlocks(block: string, count: number, cidrBits: number): readonly string[] {
  if (block.includes(':')) throw templateError('the sandbox supports Fn::Cidr for IPv4 blocks only');
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block);
  if (!match) throw templateError(`Fn::Cidr: ${block} is not a CIDR block`);
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw templateError('Fn::Cidr: the count must be between 1 and 256');
  const size = 2 ** cidrBits;
  if (!Number.isInteger(cidrBits) || cidrBits < 1 || count * size > 2 ** (32 - prefix))
    throw templateError(`Fn::Cidr: ${block} cannot hold ${count} blocks of ${cidrBits} host bits`);
  const total = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const start = address - (address % total);
  return Array.from({ length: count }, (_, index) => `${dotted(start + index * size)}/${32 - cidrBits}`);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
