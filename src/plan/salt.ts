import { hash, randomBytes } from 'node:crypto';

// New in every process and never written anywhere: digests of two runs cannot be compared, nor can a short secret be guessed from one.
let salt: string | null = null;

/**
 * A salted digest of some text; `kind` keeps digests of different things apart. The salt comes first and is of one length; no
 * digest leaves the process, so a keyed construction (HMAC) would add nothing but time.
 */
export function keyed(kind: string, text: string): string {
  salt ??= randomBytes(32).toString('latin1');
  // Of the ways to spell a digest, Node need not get ready for this one.
  return hash('sha256', `${salt}${kind}\0${text}`, 'hex').slice(0, 32);
}
