import type { Random } from '../../model/random.ts';

const FIRST_MS = 250;
const LONGEST_MS = 8000;

/** Wait before reconnect attempt `attempt` (from 1): doubling, capped, and jittered so that a ward's screens do not return as one. */
export const backoffMs = (attempt: number, random: Random): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return ceiling / 2 + (random.next() * ceiling) / 2;
};
