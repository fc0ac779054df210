import {
  createCertificateAuthority,
  createSelfSigned,
} from '../../../src/sandbox/postgres/certificate-authority.js';
import type { CertifiedKey } from '../../../src/sandbox/postgres/certificate-authority.js';
import type { FrontBehaviour } from './tls-front.js';

/** Somebody at the address of the server, and what the client believes in. */
export interface Impostor {
  readonly what: string;
  readonly behaviour: FrontBehaviour;
  /** PEM. */
  readonly trusted: readonly string[];
  /** Learns who wants to log in, though not by which password. */
  readonly hears?: boolean;
}

const dayMs = 86_400_000;
const at = (days: number): Date => new Date(Date.now() + days * dayMs);
const past = { from: at(-60), to: at(-1) };

/** Every way of answering at `host` without being the server. */
export function listImpostors(host: string): readonly Impostor[] {
  const authority = createCertificateAuthority('the authority of the server');
  const other = createCertificateAuthority('another authority');
  const expired = createCertificateAuthority('an authority that has expired', past);
  const trusted = [authority.certificate];
  const show = ({ certificate, key }: CertifiedKey) => ({
    kind: 'tls' as const,
    identity: { cert: certificate, key },
  });
  const stolen = show(authority.issueServer(host));
  const impostors: readonly Impostor[] = [
    {
      what: 'a proxy with a valid certificate for the very address',
      behaviour: stolen,
      trusted,
      hears: true,
    },
    {
      what: 'a proxy that denies TLS and goes on in the clear',
      behaviour: { kind: 'plain', onwards: 'plain' },
      trusted,
    },
    {
      what: 'a proxy that strips TLS and speaks it to the server itself',
      behaviour: { kind: 'plain', onwards: 'tls' },
      trusted,
    },
    { what: 'a self-signed certificate', behaviour: show(createSelfSigned(host)), trusted },
    { what: 'a certificate of another authority', behaviour: show(other.issueServer(host)), trusted },
    {
      what: 'a certificate of another authority with the same name',
      behaviour: show(createCertificateAuthority('the authority of the server').issueServer(host)),
      trusted,
    },
    {
      what: 'a certificate for another address',
      behaviour: show(authority.issueServer('127.9.9.9')),
      trusted,
    },
    {
      what: 'a certificate for another name',
      behaviour: show(authority.issueServer('db.example')),
      trusted,
    },
    { what: 'a certificate that has expired', behaviour: show(authority.issueServer(host, past)), trusted },
    {
      what: 'a certificate that is not valid yet',
      behaviour: show(authority.issueServer(host, { from: at(1), to: at(60) })),
      trusted,
    },
    {
      what: 'an authority that has expired',
      behaviour: show(expired.issueServer(host)),
      trusted: [expired.certificate, authority.certificate],
    },
    { what: 'a certificate for clients', behaviour: show(authority.issueClient(host)), trusted },
    {
      what: 'TLS 1.1 at most',
      behaviour: {
        kind: 'tls',
        identity: oldTls(authority.issueServer(host)),
      },
      trusted,
    },
    {
      what: 'an error instead of TLS',
      behaviour: { kind: 'bytes', bytes: 'EERROR: go on without TLS\0\0' },
      trusted,
    },
    {
      what: 'an answer that was slipped in before TLS',
      behaviour: { ...stolen, slippedIn: 'R\0\0\0\b\0\0\0\0' },
      trusted,
    },
    { what: 'an answer that is none', behaviour: { kind: 'bytes', bytes: '?' }, trusted },
  ];
  return impostors;
}

function oldTls({ certificate, key }: CertifiedKey) {
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1' as const,
    maxVersion: 'TLSv1.1' as const,
    ciphers: 'DEFAULT@SECLEVEL=0',
  };
}
