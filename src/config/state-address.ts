/** `s3://bucket` or `s3://bucket/prefix`; prefixes of characters that are safe in every tool. */
export const stateAddress =
  /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9_=-][A-Za-z0-9_.=-]*)*)\/?$/;

/** The bucket and the prefix, which is empty or ends without a slash, of an address that the schema has accepted. */
export function parseStateAddress(address: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', path = ''] = stateAddress.exec(address) ?? [];
  return { bucket, prefix: path.slice(1) };
}
