import type { PumpSignals } from '../devices/signals.ts';
import type { InfusionPump, PumpAlarm } from '../models/pump.ts';

/**
 * Bits of the alarm word. What they mean on a real pump is not public, so these are of the simulation only;
 * `simulatedAlarmBits` names them for the driver's option `alarmBits`.
 */
const bitOf: Readonly<Record<PumpAlarm, number>> = { occlusion: 0, 'air-in-line': 1, 'battery-empty': 2 };

export const simulatedAlarmBits = '0=occlusion; 1=air in line; 2=battery empty';

export const alarmWord = (alarm: PumpAlarm | null): number => (alarm === null ? 0 : 1 << bitOf[alarm]);

/** What a pump tells its host. */
export const pumpSignals = (pump: InfusionPump): PumpSignals => ({
  rate: (t) => pump.at(t).flow,
  volume: (t) => pump.at(t).infused,
  alarm: (t) => alarmWord(pump.at(t).alarm),
});
