import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CodedError, messageOf } from '../../model/errors.ts';
import type { TlsOptions } from './server.ts';

export type TlsErrorCode = 'tls-unreadable' | 'tls-invalid' | 'tls-mismatch' | 'tls-expired';

const read = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CodedError<TlsErrorCode>('tls-unreadable', `${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Give PEM files that the gateway’s user may read.',
    });
  }
};

const parse = <T>(file: string, what: string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    throw new CodedError<TlsErrorCode>('tls-invalid', `${file} is no ${what} in PEM.`, {
      hint: `A PEM file begins with -----BEGIN ${what.toUpperCase()}-----.`,
      cause: error,
    });
  }
};

/** Certificate and key from files, checked before anything listens. Throws CodedError<TlsErrorCode>. */
export const readTls = (files: { certFile: string; keyFile: string }, now: number): TlsOptions => {
  const [cert, key] = [read(files.certFile), read(files.keyFile)];
  const certificate = parse(files.certFile, 'certificate', () => new X509Certificate(cert));
  const privateKey = parse(files.keyFile, 'private key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CodedError<TlsErrorCode>('tls-mismatch', `${files.keyFile} is not the key of ${files.certFile}.`, {
      hint: 'Give the key that the certificate was made for; the server’s certificate comes first in its file.',
    });
  }
  if (Date.parse(certificate.validTo) <= now) {
    throw new CodedError<TlsErrorCode>('tls-expired', `The certificate ended on ${certificate.validTo}.`, {
      hint: 'Renew it: browsers refuse it.',
    });
  }
  return { cert, key };
};
