import type { RegisterImage, RegisterTable } from './contract.ts';
import { layoutOf, type ProfileDriver } from './modbus-driver.ts';
import { splitReplies } from './modbus-replies.ts';
import { RegisterMap } from './register-map.ts';
import { readRaw, widthOf } from './register-value.ts';

/** A range of bytes, end not included, and what it means: drawn by the evidence screen. */
export interface Annotation {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Meaning {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
  readonly text: string;
}

const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(4, '0')}`;

const meaningsOf = (driver: ProfileDriver, image: RegisterImage): Meaning[] => {
  const { profile } = driver;
  const map = RegisterMap.of(driver.blocks, image);
  const samples = new Map(
    driver.decode(image).flatMap((sample) => (sample.kind === 'numeric' ? [[sample.metric, sample] as const] : [])),
  );
  const rawOf = (located: (typeof profile.points)[number] | (typeof profile.selfTests)[number]) =>
    readRaw(map.read(located, widthOf(located.type)), layoutOf(profile, located));

  const points = profile.points.map((point): Meaning => {
    const sample = samples.get(point.metric);
    const shown = sample?.value == null ? `no value (${sample?.reasons?.join(', ')})` : `${sample.value} ${point.unit}`;
    return {
      ...point,
      count: widthOf(point.type),
      text: `${point.metric} ${point.type} ${rawOf(point) ?? 'missing'} → ${shown}`,
    };
  });
  const statuses = profile.statuses.map((status): Meaning => {
    const [raw = 0] = map.read(status, 1);
    const active = Object.entries(status.bits).filter(
      ([bit, { inverted }]) => ((raw >>> Number(bit)) & 1) !== (inverted ? 1 : 0),
    );
    return {
      ...status,
      count: 1,
      text: `status ${hex(raw)}: ${active.map(([, bit]) => bit.code).join(', ') || 'none'}`,
    };
  });
  const tests = profile.selfTests.map(
    (test): Meaning => ({
      ...test,
      count: widthOf(test.type),
      text: `self-test ${test.type} ${rawOf(test) ?? 'missing'}, should be ${test.expect}`,
    }),
  );
  return [...points, ...statuses, ...tests];
};

/** Byte ranges of the registers of one poll, laid one block after the other without any framing. */
export const annotateRegisters = (driver: ProfileDriver, image: RegisterImage): readonly Annotation[] => {
  const meanings = meaningsOf(driver, image);
  let start = 0;
  const found: Annotation[] = [];
  for (const block of driver.blocks) {
    for (const { table, address, count, text } of meanings) {
      const offset = address - block.address;
      if (table !== block.table || offset < 0 || offset + count > block.count) continue;
      found.push({ from: start + 2 * offset, to: start + 2 * (offset + count), text });
    }
    start += 2 * block.count;
  }
  return found.sort((a, b) => a.from - b.from);
};

/** The same for the replies as they were on the wire, RTU or TCP, with their headers and checksums. */
export const annotateReplies = (driver: ProfileDriver, frame: Uint8Array): readonly Annotation[] => {
  const poll = splitReplies(driver.blocks, frame);
  if (!poll) return [{ from: 0, to: frame.length, text: 'not the replies of one poll of this profile' }];
  const registers = annotateRegisters(driver, poll.image);
  const found: Annotation[] = [];
  let start = 0;
  for (const { block, from, to, data } of poll.replies) {
    const end = start + 2 * block.count;
    if (data > from) {
      const text = poll.wire === 'rtu' ? 'unit, function, byte count' : 'MBAP header, function, byte count';
      found.push({ from, to: data, text: `${text} · ${block.table} ${hex(block.address)} × ${block.count}` });
    }
    for (const annotation of registers) {
      if (annotation.from < start || annotation.from >= end) continue;
      found.push({ ...annotation, from: annotation.from - start + data, to: annotation.to - start + data });
    }
    if (poll.wire === 'rtu') found.push({ from: to - 2, to, text: 'CRC-16' });
    start = end;
  }
  return found;
};
