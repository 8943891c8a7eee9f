import { type DisplayUnit, replyCodec, requestCodec, type Ultra2Reply } from '../../drivers/glucose/ultra2-codec.ts';
import { type MeterTime, meterTime } from '../../drivers/glucose/ultra2-lines.ts';
import { after } from '../../model/clock.ts';
import { integer } from '../../model/random.ts';
import { zoneOffset } from '../../model/time.ts';
import type { MeterEntry, MeterSignals } from './signals.ts';
import type { DeviceWorld, SimulatedStreamDevice } from './simulated-device.ts';

export interface OnetouchUltra2Options extends DeviceWorld {
  readonly signals: MeterSignals;
  /** Zone the meter's clock is set to. */
  readonly timeZone?: string;
  readonly serial?: string;
  readonly unit?: DisplayUnit;
  /** Between the lines of a dump; real meters also pause for seconds now and then. */
  readonly lineGapMs?: number;
  readonly longPauseMs?: number;
}

const CAPACITY = 500;
const LONG_PAUSE_EVERY = 40;

/** A OneTouch Ultra 2. Its records keep the time its clock showed, whatever is done to the clock later. */
export const createOnetouchUltra2 = (options: OnetouchUltra2Options): SimulatedStreamDevice => {
  const { clock, random, signals } = options;
  const { serial = 'GMF600DCY', unit = 'MG/DL', timeZone = 'UTC', lineGapMs = 20, longPauseMs = 0 } = options;
  let framer = requestCodec.framer();
  let write = (_bytes: Uint8Array) => {};
  let cancel = () => {};

  const say = (message: Ultra2Reply) => write(replyCodec.encode(message));

  const timeOf = (t: number): MeterTime => {
    const shown = new Date(t + zoneOffset(t, timeZone) + signals.clockError(t));
    return meterTime({
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
      second: shown.getUTCSeconds(),
    });
  };

  const record = (entry: MeterEntry): Ultra2Reply => ({
    kind: 'record',
    time: timeOf(entry.at),
    result: {
      control: entry.control ?? false,
      // Out of range it shows a word in place of the number.
      shown: entry.value > 600 ? 'HIGH' : entry.value < 20 ? 'LOW' : String(Math.round(entry.value)).padStart(3, '0'),
      parityError: entry.parityError ?? false,
    },
    meal: entry.meal ?? 'N',
    comment: entry.comment ?? 0,
  });

  const dump = () => {
    const newestFirst = [...signals.entries(clock.now())].slice(-CAPACITY).reverse();
    const lines: readonly Ultra2Reply[] = [
      { kind: 'header', count: newestFirst.length, serial, unit },
      ...newestFirst.map(record),
    ];
    const sendFrom = (at: number) => {
      const line = lines[at];
      if (!line) return;
      say(line);
      const pause = longPauseMs > 0 && at % LONG_PAUSE_EVERY === 1 ? longPauseMs : integer(random, 0, lineGapMs);
      cancel = after(clock, pause, () => sendFrom(at + 1));
    };
    sendFrom(0);
  };

  const handle = (frame: Uint8Array) => {
    const request = requestCodec.decode(frame);
    // Setting the clock and erasing are not simulated: a client that tries hears nothing.
    if (!request.ok) return;
    cancel();
    switch (request.message.kind) {
      case 'version':
        return say({ kind: 'version', text: 'P02.00.00 30/08/06' });
      case 'serial':
        return say({ kind: 'serial', serial });
      case 'clock':
        return say({ kind: 'clock', letter: 'F', time: timeOf(clock.now()) });
      case 'unit':
        return say({ kind: 'unit', unit });
      case 'dump':
        return dump();
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
      write = () => {};
    },
  };
};
