import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../../src/sandbox/postgres/certificate-authority.js';

describe('the certificate authority of the sandbox', () => {
  const authority = createCertificateAuthority();
  const root = new X509Certificate(authority.certificate);

  it('makes a root that may sign others and verifies itself', () => {
    expect(root.ca).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
  });

  it('issues a server certificate good for its own address only', () => {
    const leaf = new X509Certificate(authority.issueServer('127.3.4.5').certificate);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.checkIP('127.3.4.5')).toBe('127.3.4.5');
    expect(leaf.checkIP('127.3.4.6')).toBeUndefined();
    expect(leaf.ca).toBe(false);
  });

  it('issues a certificate for a DNS name where there is one', () => {
    const leaf = new X509Certificate(authority.issueServer('localhost').certificate);
    expect(leaf.checkHost('localhost')).toBe('localhost');
  });

  it('names the role in a client certificate', () => {
    const leaf = new X509Certificate(authority.issueClient('rdsadmin').certificate);
    expect(leaf.subject).toBe('CN=rdsadmin');
    expect(leaf.verify(root.publicKey)).toBe(true);
  });
});
