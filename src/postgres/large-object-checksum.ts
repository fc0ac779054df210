import { createHash } from 'node:crypto';
import type { Fingerprint } from './fingerprint.js';
import type { Session } from './session.js';

const pieceBytes = 1 << 20;
const batch = 500;

interface Piece {
  readonly oid: string;
  readonly bytes: number;
  readonly hash: string;
}

/**
 * Count, size and one hash over every large object's OID, owner-independent content. Contents are read in pieces, since
 * a large object may be larger than any value (PostgreSQL: Large Objects, Server-Side Functions).
 */
export async function takeLargeObjects(session: Session): Promise<Fingerprint['largeObjects']> {
  const total = createHash('sha256');
  let count = 0;
  let bytes = 0n;
  let after = '0';
  for (;;) {
    const pieces = await session.rows<Piece>(
      `SELECT oid::text, length(b) AS bytes, encode(sha256(b), 'hex') AS hash FROM (
         SELECT oid, lo_get(oid, 0, ${pieceBytes}) AS b FROM pg_largeobject_metadata
         WHERE oid > $1::oid ORDER BY oid LIMIT ${batch}) q ORDER BY q.oid`,
      [after],
    );
    for (const piece of pieces) {
      total.update(`${piece.oid} ${piece.hash}\n`);
      bytes += BigInt(piece.bytes);
      if (piece.bytes === pieceBytes) bytes += await addRest(session, piece.oid, total);
      count += 1;
      after = piece.oid;
    }
    if (pieces.length < batch) break;
  }
  return { count: String(count), bytes: String(bytes), checksum: total.digest('hex') };
}

async function addRest(session: Session, oid: string, total: ReturnType<typeof createHash>): Promise<bigint> {
  let bytes = 0n;
  for (let offset = BigInt(pieceBytes); ; offset += BigInt(pieceBytes)) {
    const piece = await session.row<Piece>(
      `SELECT $1::text AS oid, length(b) AS bytes, encode(sha256(b), 'hex') AS hash
       FROM (SELECT lo_get($1::oid, $2::bigint, ${pieceBytes}) AS b OFFSET 0) q`,
      [oid, String(offset)],
    );
    if (piece.bytes === 0) return bytes;
    total.update(`${oid} ${String(offset)} ${piece.hash}\n`);
    bytes += BigInt(piece.bytes);
    if (piece.bytes < pieceBytes) return bytes;
  }
}
