import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of scrypt; kept with each hash, so that it can be raised later. */
export interface PasswordCost {
  /** log2 of N. */
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a tenth of a second of one core for each guess. */
export const defaultCost: PasswordCost = { log2N: 15, r: 8, p: 1 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Beyond this a stored cost is not believed. */
const LIMIT: PasswordCost = { log2N: 20, r: 32, p: 16 };

const derive = (password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> => {
  const N = 2 ** cost.log2N;
  // Node refuses to use more than `maxmem`; scrypt needs 128 x N x r bytes.
  const options: ScryptOptions = { N, r: cost.r, p: cost.p, maxmem: 128 * N * cost.r * 2 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
};

const encode = (cost: PasswordCost, salt: Buffer, key: Buffer): string =>
  ['scrypt', cost.log2N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');

const decode = (stored: string): { cost: PasswordCost; salt: Buffer; key: Buffer } | null => {
  const [kind, log2N, r, p, salt = '', key = ''] = stored.split('$');
  const cost = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  const isSane = (['log2N', 'r', 'p'] as const).every(
    (name) => Number.isInteger(cost[name]) && cost[name] >= 1 && cost[name] <= LIMIT[name],
  );
  const bytes = Buffer.from(key, 'base64url');
  if (kind !== 'scrypt' || !isSane || bytes.length !== KEY_BYTES) return null;
  return { cost, salt: Buffer.from(salt, 'base64url'), key: bytes };
};

export const hashPassword = async (password: string, cost: PasswordCost = defaultCost): Promise<string> => {
  const salt = randomBytes(SALT_BYTES);
  return encode(cost, salt, await derive(password, salt, cost));
};

/** Takes as long for a wrong password as for a right one. A hash that cannot be read never matches. */
export const verifyPassword = async (password: string, stored: string): Promise<boolean> => {
  const parts = decode(stored);
  if (!parts) return false;
  return timingSafeEqual(await derive(password, parts.salt, parts.cost), parts.key);
};

/** True where the hash was made at another cost than is asked for now. */
export const isOutdated = (stored: string, cost: PasswordCost = defaultCost): boolean => {
  const found = decode(stored)?.cost;
  return !found || found.log2N !== cost.log2N || found.r !== cost.r || found.p !== cost.p;
};
