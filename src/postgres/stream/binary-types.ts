/** A type, as far as its binary form goes. */
export interface TypeFacts {
  readonly oid: number;
  readonly name: string;
  /** In pg_catalog. */
  readonly builtin: boolean;
  /** `b`, `c`, `d`, `e`, `p`, `r`, `m`: pg_type.typtype. */
  readonly kind: string;
  /** Has both a send and a receive function. */
  readonly binary: boolean;
  /** The extension it belongs to. */
  readonly extension: string | null;
  /** What it is made of: the element, the base type, the subtype or the types of the columns. */
  readonly parts: readonly number[];
  readonly array: boolean;
}

export interface BinaryRules {
  /** Source and target are of one major version. */
  readonly sameMajor: boolean;
  /** Extensions of one version on both sides. */
  readonly sameExtensions: ReadonlySet<string>;
}

/** Their binary form is that of each version from 12 to 18, as far as anybody's driver can tell. */
const stable = new Set(
  'bool int2 int4 int8 float4 float8 numeric text varchar bpchar bytea name uuid date time timetz timestamp timestamptz interval json jsonb inet cidr macaddr oid bit varbit'.split(
    ' ',
  ),
);
/** The binary form holds an OID that is another one on the target, or depends on the encoding of the session. */
const textOnly = /^(reg\w+|xml|aclitem|refcursor)$/;

/**
 * Whether values of the type come through binary COPY unchanged. Arrays and composite types carry the OIDs of what they
 * are made of, and servers before 16 refuse those that are not theirs (PostgreSQL: array_recv, record_recv).
 */
export function isBinarySafe(
  oid: number,
  types: ReadonlyMap<number, TypeFacts>,
  rules: BinaryRules,
): boolean {
  const type = types.get(oid);
  if (type === undefined || !type.binary) return false;
  if (type.extension !== null) {
    const isSame = type.extension === 'vector' || rules.sameExtensions.has(type.extension);
    return isSame && type.kind === 'b' && !type.array;
  }
  if (type.builtin && textOnly.test(type.name)) return false;
  if (type.parts.length > 0) {
    const parts = type.parts.every((part) => isBinarySafe(part, types, rules));
    const carriesOids = type.array || type.kind === 'c';
    return parts && (!carriesOids || type.parts.every((part) => types.get(part)?.builtin === true));
  }
  if (type.kind === 'e') return true;
  return type.builtin && (rules.sameMajor || stable.has(type.name));
}
