import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  boolean,
  element,
  integer,
  octetString,
  oid,
  sequence,
  tags,
  utcTime,
  utf8,
} from './der.js';

/** When a certificate is good. */
export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/** A certificate with its private key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** Signs the certificates of one sandbox's database servers, as the regional RDS CA does in AWS. */
export interface CertificateAuthority {
  /** PEM of the root; what `sslrootcert` takes. */
  readonly certificate: string;
  /** A server certificate good for this address alone (IP or DNS subject alternative name). */
  issueServer(address: string, validity?: Validity): CertifiedKey;
  /** A client certificate whose common name is a database role. */
  issueClient(role: string): CertifiedKey;
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const dayMs = 86_400_000;

const oneYear = (): Validity => ({
  from: new Date(Date.now() - dayMs),
  to: new Date(Date.now() + 365 * dayMs),
});

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));

const distinguishedName = (commonName: string): Buffer =>
  sequence(element(tags.set, sequence(oid('2.5.4.3'), utf8(commonName))));

const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest();

function alternativeName(address: string): Buffer {
  const isIp = /^\d+\.\d+\.\d+\.\d+$/.test(address);
  const name = isIp
    ? element(0x87, Buffer.from(address.split('.').map(Number)))
    : element(0x82, Buffer.from(address));
  return extension('2.5.29.17', false, sequence(name));
}

const extendedUsage = (purpose: '1' | '2'): Buffer =>
  extension('2.5.29.37', false, sequence(oid(`1.3.6.1.5.5.7.3.${purpose}`)));

const authorityExtensions = (ownId: Buffer): Buffer[] => [
  extension('2.5.29.19', true, sequence(boolean(true))),
  extension('2.5.29.15', true, element(tags.bitString, Buffer.from([1, 0x06]))),
  extension('2.5.29.14', false, octetString(ownId)),
];

interface Subject {
  readonly commonName: string;
  readonly issuerName: string;
  readonly issuerKey: KeyObject;
  readonly publicKey: Buffer;
  readonly extensions: readonly Buffer[];
  readonly validity: Validity;
}

function certificate(subject: Subject): string {
  const serial = randomBytes(12);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    distinguishedName(subject.issuerName),
    sequence(utcTime(subject.validity.from), utcTime(subject.validity.to)),
    distinguishedName(subject.commonName),
    subject.publicKey,
    element(0xa3, sequence(...subject.extensions)),
  );
  const signature = sign('sha256', toBeSigned, subject.issuerKey);
  const body = sequence(toBeSigned, ecdsaWithSha256, bitString(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${(body.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

function newKey(): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey: pair.privateKey, publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }) };
}

/** Makes a root of its own; nothing outside the sandbox trusts it. */
export function createCertificateAuthority(
  commonName = 'rds2aurora sandbox root CA',
  ownValidity = oneYear(),
): CertificateAuthority {
  const root = newKey();
  const rootId = keyIdentifier(root.publicKey);
  const issuer = { issuerName: commonName, issuerKey: root.privateKey };
  const issue = (subjectName: string, extensions: readonly Buffer[], validity = oneYear()): CertifiedKey => {
    const { privateKey, publicKey } = newKey();
    const authorityKeyId = extension('2.5.29.35', false, sequence(element(0x80, rootId)));
    return {
      certificate: certificate({
        ...issuer,
        commonName: subjectName,
        publicKey,
        extensions: [authorityKeyId, ...extensions],
        validity,
      }),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return {
    certificate: certificate({
      ...issuer,
      commonName,
      publicKey: root.publicKey,
      extensions: authorityExtensions(rootId),
      validity: ownValidity,
    }),
    issueServer: (address, validity) =>
      issue(address, [alternativeName(address), extendedUsage('1')], validity),
    issueClient: (role) => issue(role, [extendedUsage('2')]),
  };
}

/** A server certificate that no authority stands behind. */
export function createSelfSigned(address: string): CertifiedKey {
  const { privateKey, publicKey } = newKey();
  return {
    certificate: certificate({
      ...{ commonName: address, issuerName: address, issuerKey: privateKey, publicKey },
      extensions: [alternativeName(address), extendedUsage('1')],
      validity: oneYear(),
    }),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
