/** A source of randomness that is passed in, so that a run can be repeated from its seed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** FNV-1a over the text, so that every stream can be seeded by name (`seed:device:signal`). */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** A small, fast generator (mulberry32) with the given seed; the same seed gives the same numbers. */
export const seededRandom = (seed: number | string): Random => {
  let state = typeof seed === 'number' ? seed >>> 0 : hash32(seed);
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    },
  };
};

/** An integer from `low` to `high`, both included. */
export const integer = (random: Random, low: number, high: number): number =>
  low + Math.floor(random.next() * (high - low + 1));

export const chance = (random: Random, probability: number): boolean => random.next() < probability;

export const pick = <T>(random: Random, choices: readonly [T, ...T[]]): T =>
  choices[integer(random, 0, choices.length - 1)] ?? choices[0];

/** A normal deviate (Box-Muller). */
export const normal = (random: Random, mean = 0, deviation = 1): number =>
  mean + deviation * Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
