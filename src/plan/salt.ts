import { createHmac, randomBytes } from 'node:crypto';

// New in every process and never written anywhere: digests of two runs cannot be compared, nor can a short secret be guessed from one.
const SALT = randomBytes(32);

/** A salted digest of some text; `kind` keeps digests of different things apart. */
export function keyed(kind: string, text: string): string {
  return createHmac('sha256', SALT).update(kind).update('\0').update(text).digest('base64').slice(0, 22);
}
