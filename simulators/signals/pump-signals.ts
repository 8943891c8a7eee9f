import type { PumpSignals } from '../devices/signals.ts';
import type { InfusionPump } from '../models/pump.ts';

/** What bits mean is known to nobody but the maker (protocols.md 9): any bit says "pump alarm". */
const ANY_ALARM = 1;

/** A pump as its data link tells of it: rate, counted volume, and whether it alarms. */
export const pumpSignals = (pump: InfusionPump): PumpSignals => ({
  rate: (t) => pump.at(t).flow,
  volume: (t) => pump.at(t).infused,
  alarm: (t) => (pump.at(t).alarm === null ? 0 : ANY_ALARM),
});
