import {
  replyCodec,
  requestCodec,
  type StatusLetter,
  type SuntechReply,
} from '../../drivers/blood-pressure/suntech-codec.ts';
import { after } from '../../model/clock.ts';
import { normal } from '../../model/random.ts';
import type { CuffSignals } from './signals.ts';
import type { DeviceWorld, SimulatedStreamDevice } from './simulated-device.ts';

export interface SuntechAdvantageOptions extends DeviceWorld {
  readonly signals: CuffSignals;
  readonly firmware?: string;
  /** How long a reading takes. */
  readonly readingMs?: number;
}

const INFLATE_MS = 6000;
const SPREAD_MS = 3000;
/** First inflation of an adult cuff, mmHg; the set-initial-inflation example of the protocol (protocols.md 1.1). */
const INFLATE_TO = 160;

type Result = Extract<SuntechReply, { kind: 'bp-data' }>;

const noResult: Result = {
  kind: 'bp-data',
  systolic: 0,
  diastolic: 0,
  beats: 0,
  status: 0,
  testCodes: [],
  heartRate: 0,
  mean: 0,
  error: 0,
  spare: [0, 0, 0],
};

/** A SunTech Advantage module: inflates when told to, and keeps its last result. */
export const createSuntechAdvantage = (options: SuntechAdvantageOptions): SimulatedStreamDevice => {
  const { clock, random, signals, firmware = 'SIMULATED 1.0' } = options;
  let framer = requestCodec.framer();
  let write = (_bytes: Uint8Array) => {};
  let cancel = () => {};
  let startedAt: number | null = null;
  let takes = 0;
  let result = noResult;

  const say = (message: SuntechReply) => write(replyCodec.encode(message));
  const letter = (which: StatusLetter) => say({ kind: 'status', letter: which });

  const finish = () => {
    startedAt = null;
    const reading = signals.reading(clock.now());
    result =
      'error' in reading
        ? { ...noResult, error: reading.error }
        : {
            ...noResult,
            systolic: Math.round(reading.systolic),
            diastolic: Math.round(reading.diastolic),
            mean: Math.round(reading.mean),
            heartRate: Math.round(reading.pulse),
            beats: 30,
            status: 1,
          };
    letter('K');
  };

  const begin = () => {
    if (startedAt !== null) return letter('B');
    startedAt = clock.now();
    takes = options.readingMs ?? Math.max(2 * INFLATE_MS, 30_000 + normal(random, 0, SPREAD_MS));
    letter('O');
    cancel = after(clock, takes, finish);
  };

  const cuffPressure = (): number => {
    if (startedAt === null) return 0;
    const since = clock.now() - startedAt;
    const pressure =
      since < INFLATE_MS
        ? (INFLATE_TO * since) / INFLATE_MS
        : INFLATE_TO * Math.max(0, 1 - (since - INFLATE_MS) / (takes - INFLATE_MS));
    return Math.round(pressure);
  };

  const handle = (frame: Uint8Array) => {
    const request = requestCodec.decode(frame);
    if (!request.ok) return letter(request.fault.code === 'unknown-message' ? 'N' : 'D');
    switch (request.message.kind) {
      case 'start':
        return begin();
      case 'get-cuff-pressure':
        return say({ kind: 'cuff-pressure', pressure: cuffPressure() });
      case 'get-bp-data':
        return say(result);
      case 'get-firmware':
        return say({ kind: 'firmware', text: firmware });
      case 'get-module-data':
        // Its layout is not public, so it is not made up here.
        return letter('N');
    }
  };

  return {
    start(send) {
      write = send;
      framer = requestCodec.framer();
    },
    receive(chunk) {
      for (const event of framer.push(chunk)) if (event.kind === 'frame') handle(event.bytes);
    },
    stop() {
      cancel();
      startedAt = null;
      write = () => {};
    },
  };
};
