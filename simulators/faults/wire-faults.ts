import { after, type Clock } from '../../model/clock.ts';
import { chance, integer, type Random } from '../../model/random.ts';
import type { StreamPort } from '../ports/stream-port.ts';

/** Bytes that go onto the wire, `afterMs` after the device would have sent them. */
export interface Emission {
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** What can go wrong between a device and its reader: a pure function from what should be sent to what is. */
export type WireFault = (emissions: readonly Emission[], random: Random) => readonly Emission[];

const each =
  (change: (emission: Emission, random: Random) => readonly Emission[]): WireFault =>
  (emissions, random) =>
    emissions.flatMap((emission) => change(emission, random));

/** Everything comes later, by a time between the two. */
export const delay = (fromMs: number, toMs = fromMs): WireFault =>
  each(({ afterMs, bytes }, random) => [{ afterMs: afterMs + fromMs + random.next() * (toMs - fromMs), bytes }]);

/** Some answers come so late that the reader has given up: the late-reply hazard of Modbus RTU (toolchain.md C5). */
export const lateReply = (probability: number, fromMs: number, toMs = fromMs): WireFault => {
  const late = delay(fromMs, toMs);
  return each((emission, random) => (chance(random, probability) ? late([emission], random) : [emission]));
};

export const drop = (probability: number): WireFault =>
  each((emission, random) => (chance(random, probability) ? [] : [emission]));

/** One bit is flipped. */
export const corrupt = (probability: number): WireFault =>
  each((emission, random) => {
    if (emission.bytes.length === 0 || !chance(random, probability)) return [emission];
    const bytes = emission.bytes.slice();
    const at = integer(random, 0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << integer(random, 0, 7));
    return [{ ...emission, bytes }];
  });

/** A frame breaks off. */
export const cut = (probability: number): WireFault =>
  each((emission, random) =>
    chance(random, probability)
      ? [{ ...emission, bytes: emission.bytes.subarray(0, integer(random, 0, emission.bytes.length - 1)) }]
      : [emission],
  );

/** Frames come in up to `pieces` portions, `gapMs` apart, as adapters hand them on. */
export const split = (pieces: number, gapMs = 0): WireFault =>
  each(({ afterMs, bytes }, random) => {
    const cuts = Array.from({ length: pieces - 1 }, () => integer(random, 0, bytes.length)).toSorted((a, b) => a - b);
    return [0, ...cuts]
      .map((start, n) => ({ afterMs: afterMs + n * gapMs, bytes: bytes.subarray(start, cuts[n] ?? bytes.length) }))
      .filter((piece) => piece.bytes.length > 0);
  });

/** Nothing is heard while `isSilent` says so. */
export const silence = (isSilent: () => boolean): WireFault => each((emission) => (isSilent() ? [] : [emission]));

/** One after the other. */
export const combine =
  (...faults: readonly WireFault[]): WireFault =>
  (emissions, random) =>
    faults.reduce((current, fault) => fault(current, random), emissions);

export const noFault: WireFault = (emissions) => emissions;

/** Sends bytes through a fault. */
export const emit = (
  bytes: Uint8Array,
  fault: WireFault,
  { clock, random, write }: { clock: Clock; random: Random; write(bytes: Uint8Array): void },
): void => {
  for (const emission of fault([{ afterMs: 0, bytes }], random)) {
    if (emission.afterMs > 0) after(clock, emission.afterMs, () => write(emission.bytes));
    else write(emission.bytes);
  }
};

/** A port whose outgoing bytes pass through a fault. What is still to come when it closes is lost. */
export const faultyPort = (port: StreamPort, fault: WireFault, clock: Clock, random: Random): StreamPort => {
  let open = true;
  const write = (bytes: Uint8Array) => {
    if (open) port.write(bytes);
  };
  return {
    address: port.address,
    write: (bytes) => emit(bytes, fault, { clock, random, write }),
    onData: port.onData,
    ...(port.onClient ? { onClient: port.onClient } : {}),
    close() {
      open = false;
      return port.close();
    },
  };
};
