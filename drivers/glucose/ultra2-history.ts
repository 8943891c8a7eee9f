import { isRealLocalTime } from '../../model/time.ts';
import type { DeviceMemory } from '../kit/contract.ts';
import type { Ultra2Record } from './ultra2-codec.ts';

/*
 * Which records have been read. Not by time, which a clock change makes worthless, and not by count, which stands still
 * once the memory is full: by the records themselves (protocols.md 7, row 2).
 */

/** Records the meter holds (protocols.md 2.1). */
export const CAPACITY = 500;

const SEPARATOR = '|';

/** A record in few characters and without loss: seconds since 2000 by the meter's clock, mark, result. */
export const recordKey = ({ time, result }: Ultra2Record): string => {
  const { year, month, day, hour, minute, second } = time.local;
  const seconds = (Date.UTC(year, month - 1, day, hour, minute, second) - Date.UTC(2000, 0, 1)) / 1000;
  // A date that no calendar has would fall on another's second: then the text itself is the key.
  const moment = isRealLocalTime(time.local) ? seconds.toString(36) : time.text;
  return `${moment}${result.control ? 'C' : '.'}${result.shown}`;
};

const keysOf = (memory: DeviceMemory): readonly string[] =>
  typeof memory.seen === 'string' && memory.seen !== '' ? memory.seen.split(SEPARATOR) : [];

/** Records that the memory does not know, in the order given. */
export const newRecords = <Item>(
  records: readonly Item[],
  recordOf: (item: Item) => Ultra2Record,
  memory: DeviceMemory,
): readonly Item[] => {
  const seen = new Set(keysOf(memory));
  return records.filter((item) => !seen.has(recordKey(recordOf(item))));
};

/** The memory with one record more, newest first; as many as the meter itself can hold. */
export const withRecord = (record: Ultra2Record, memory: DeviceMemory): DeviceMemory => ({
  seen: [recordKey(record), ...keysOf(memory)].slice(0, CAPACITY).join(SEPARATOR),
});
