import { type IvyLine, ivyCodec } from '../../drivers/ekg/ivy-codec.ts';
import { every } from '../../model/clock.ts';
import type { MonitorSignals } from './signals.ts';
import type { DeviceWorld, SimulatedStreamDevice } from './simulated-device.ts';

export interface Ivy450cOptions extends DeviceWorld {
  readonly signals: MonitorSignals;
}

const SECOND = 1000;
const NO_TRANSDUCER = 0xfb;
const LARGEST = 0xfb;

const toByte = (value: number): number => Math.min(LARGEST, Math.max(0, Math.round(value)));
const number = (value: number | null, decimals = 0): string => (value === null ? '' : value.toFixed(decimals));

/** An Ivy 450C: every second one message about the second that has just passed. It listens to nothing. */
export const createIvy450c = ({ clock, signals }: Ivy450cOptions): SimulatedStreamDevice => {
  let cancel = () => {};

  const message = (end: number) => {
    const begin = end - SECOND;
    const wave = (count: number, byteAt: (t: number) => number): number[] =>
      Array.from({ length: count }, (_, i) => toByte(byteAt(begin + (i * SECOND) / count)));
    const alarms = signals.alarms(end);
    const line = (name: string, values: readonly string[], label = ''): IvyLine => ({
      name,
      values,
      label,
      alarm: alarms[name] ?? '',
    });
    const cuff = signals.cuff(end);
    const line1 = signals.arterialNumbers(end);
    const pulse = signals.pulseRate(end);
    const three = (pressure: { systolic: number; diastolic: number; mean: number } | null) =>
      pressure ? [number(pressure.systolic), number(pressure.diastolic), number(pressure.mean)] : ['', '', ''];
    return {
      waves: {
        // An electrode that is off gives a flat line at zero.
        ecg: wave(200, (t) => 100 + (signals.ecg(t) ?? 0) / 0.02),
        respiration: wave(50, (t) => 125 + 120 * signals.respiration(t)),
        pleth: wave(50, (t) => 125 + 30 * signals.pleth(t)),
        pressure1: wave(50, (t) => signals.arterial(t) ?? NO_TRANSDUCER),
        pressure2: wave(50, () => NO_TRANSDUCER),
      },
      lines: [
        line('HR', [number(signals.heartRate(end))], 'ECG-II-DIAG'),
        line('RR', [number(signals.respirationRate(end))], 'APNEA: 20 SEC'),
        line('ETCO2', [number(signals.etco2(end))]),
        line('SPO2', [number(signals.spo2(end))], pulse === null ? '' : `PR=${number(pulse)} `),
        line('NIBP', [...three(cuff), number(cuff?.pulse ?? null)]),
        line('P1', three(line1), line1 ? '' : 'NO TRANSDUCER'),
        line('P2', three(null), 'NO TRANSDUCER'),
        line('T1', [number(signals.temperature(end), 1)]),
        line('T2', ['']),
      ],
    };
  };

  return {
    start(write) {
      cancel();
      cancel = every(clock, SECOND, () => write(ivyCodec.encode(message(clock.now()))));
    },
    receive() {},
    stop: () => cancel(),
  };
};
