import type {
  DecodeFault,
  DeviceMemory,
  DriverSample,
  FrameCodec,
  Framer,
  FramingEvent,
  StreamDriver,
} from '../../drivers/kit/contract.ts';

/** Cuts bytes at the given places and pushes them one piece after the other. */
export const pushInPieces = (framer: Framer, bytes: Uint8Array, cuts: readonly number[]): readonly FramingEvent[] => {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((end, i) => bytes.slice(places[i] ?? 0, end));
  return [...pieces.flatMap((piece) => [...framer.push(piece)]), ...framer.flush()];
};

export interface CodecReading {
  readonly messages: readonly unknown[];
  readonly frames: readonly Uint8Array[];
  readonly faults: readonly DecodeFault[];
  readonly junkBytes: number;
}

export const readWith = (codec: FrameCodec, bytes: Uint8Array, cuts: readonly number[] = []): CodecReading => {
  const messages: unknown[] = [];
  const frames: Uint8Array[] = [];
  const faults: DecodeFault[] = [];
  let junkBytes = 0;
  for (const event of pushInPieces(codec.framer(), bytes, cuts)) {
    if (event.kind === 'junk') {
      junkBytes += event.bytes.length;
      continue;
    }
    frames.push(event.bytes);
    const decoded = codec.decode(event.bytes);
    if (decoded.ok) messages.push(decoded.message);
    else faults.push(decoded.fault);
  }
  return { messages, frames, faults, junkBytes };
};

/** Interprets messages one after the other, each with the memory the one before has left. */
export const interpretAll = (
  driver: StreamDriver,
  messages: readonly unknown[],
  start: DeviceMemory = {},
  options: Readonly<Record<string, unknown>> = {},
): { readonly samples: readonly DriverSample[]; readonly memory: DeviceMemory } => {
  const samples: DriverSample[] = [];
  let memory = start;
  for (const [i, message] of messages.entries()) {
    const made = driver.interpret(message, { receivedAt: 1_790_000_000_000 + 1000 * i, memory, options });
    samples.push(...made.samples);
    memory = { ...memory, ...made.memory };
  }
  return { samples, memory };
};

export const defaultOptions = (driver: StreamDriver): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(driver.options).map(([name, option]) => [name, option.default]));
