import { createHash, randomBytes } from 'node:crypto';

/** Tokens carry 256 random bits, so a plain hash is enough to keep them: there is nothing to guess. */
const SECRET_BYTES = 32;

export const TOKEN_PREFIX = 'ww_';

export const newSessionSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export const newTokenSecret = (): string => TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');

export const newId = (): string => randomBytes(9).toString('base64url');

/** What is stored and looked up: whoever reads the database cannot sign in with it. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
