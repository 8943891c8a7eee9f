import { byteStream } from '../../gateway/links/byte-stream.ts';
import type { ByteLink } from '../../gateway/links/contract.ts';
import { connectError, type Problem } from '../../gateway/links/problem.ts';
import type { Clock } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';

export interface MemoryLink {
  readonly link: ByteLink;
  /** What the far end says. */
  say(bytes: Uint8Array): void;
  /** Pulls the plug. */
  unplug(): void;
  plugIn(): void;
}

const gone: Problem = { reason: 'unplugged', hint: 'plug it in' };

/** A byte link with both ends in memory. `heard` gets what the gateway writes. */
export const memoryLink = (clock: Clock, heard: (bytes: Uint8Array) => void): MemoryLink => {
  let plugged = true;
  let receive: ((chunk: Uint8Array) => void) | null = null;
  let lose: (problem: Problem) => void = () => {};
  const link = byteStream({
    id: 'memory',
    clock,
    random: seededRandom(1),
    backoff: { baseMs: 100, capMs: 1000, stableMs: 1000 },
    async connect({ lost, received }) {
      if (!plugged) throw connectError(gone);
      receive = received;
      lose = lost;
      return {
        advice: null,
        async write(bytes) {
          if (plugged) heard(bytes);
        },
        async close() {
          receive = null;
        },
      };
    },
  });
  return {
    link,
    say: (bytes) => receive?.(bytes),
    unplug() {
      plugged = false;
      receive = null;
      lose(gone);
    },
    plugIn() {
      plugged = true;
    },
  };
};
