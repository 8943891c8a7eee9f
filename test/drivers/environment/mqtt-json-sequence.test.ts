import { describe, expect, it } from 'vitest';
import { mqttJson } from '../../../drivers/environment/mqtt-json.ts';
import type { DeviceMemory } from '../../../drivers/kit/contract.ts';

/** A device that publishes numbers without a time; returns what identifies each reading. */
const device = () => {
  let memory: DeviceMemory = {};
  return (sequence: number, minute: number, value = 20): string => {
    const { samples, memory: facts } = mqttJson.interpret(
      { time: null, sequence, values: [{ metric: 'air-temperature', value, unit: 'Cel' }] },
      { receivedAt: minute * 60_000, memory, options: {}, retained: false },
    );
    memory = { ...memory, ...facts };
    const [sample] = samples;
    return String(sample?.kind === 'numeric' ? sample.sequence : '');
  };
};

describe('a reading that is named by its number alone', () => {
  it('is the same reading when it is sent again', () => {
    const say = device();
    const first = say(7, 0);
    say(8, 1);
    expect(say(7, 2)).toBe(first);
  });

  it('is another reading after the device began to count anew', () => {
    const say = device();
    const first = say(7, 0);
    say(500, 1);
    expect(say(7, 2)).not.toBe(first);
    const again = device();
    const early = again(7, 0);
    expect(again(7, 30)).not.toBe(early);
  });

  it('is another reading where its values differ, also soon after a restart', () => {
    const say = device();
    const first = say(0, 0, 20);
    say(3, 1, 20);
    expect(say(0, 2, 21)).not.toBe(first);
  });
});
