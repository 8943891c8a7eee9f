import { describe, expect, it } from 'vitest';
import { mqttJson } from '../../../drivers/environment/mqtt-json.ts';
import { tasmota } from '../../../drivers/environment/tasmota.ts';
import { zigbee2mqtt } from '../../../drivers/environment/zigbee2mqtt.ts';
import type { MqttDriver, MqttMessage } from '../../../drivers/kit/contract.ts';
import { localToUtc } from '../../../model/time.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { startMqttDevice } from '../../../simulators/devices/mqtt-device.ts';
import { jsonReading, tasmotaSensors, zigbeeState } from '../../../simulators/devices/mqtt-messages.ts';

const start = Date.UTC(2026, 10, 26, 12);

const run = <Message>(driver: MqttDriver<Message>, message: (at: number) => Message | null) => {
  const clock = new VirtualClock(start);
  const published: MqttMessage[] = [];
  const stop = startMqttDevice({
    driver,
    address: 'cellar',
    clock,
    intervalMs: 60_000,
    message,
    publish: (sent) => published.push(sent),
  });
  clock.advanceBy(150_000);
  stop();
  clock.advanceBy(600_000);
  return published.map((sent) => {
    const decoded = driver.decode(sent, 'cellar');
    if (!decoded.ok) throw new Error(decoded.fault.detail);
    return driver.interpret(decoded.message, { receivedAt: start, memory: {}, options: {}, retained: false }).samples;
  });
};

describe('simulated MQTT devices', () => {
  it('publish at once, at their interval, and no more when switched off', () => {
    let sequence = 0;
    const readings = run(mqttJson, (at) => jsonReading({ 'air-temperature': 4.5, co2: null }, at, sequence++));
    expect(readings).toHaveLength(3);
    expect(readings[2]).toMatchObject([
      { metric: 'air-temperature', value: 4.5, sequence: 2, taken: { ms: start + 120_000 } },
      { metric: 'co2', value: null, quality: 'missing' },
    ]);
  });

  it('speak as Zigbee2MQTT, and sleep where they have nothing to say', () => {
    const readings = run(zigbee2mqtt, (at) => (at === start ? null : zigbeeState({ 'air-temperature': 4.567 }, at)));
    expect(readings).toHaveLength(2);
    expect(readings[0]).toMatchObject([{ metric: 'air-temperature', value: 4.57, taken: { ms: start + 60_000 } }]);
  });

  it('speak as a Tasmota board, in local time', () => {
    const [first] = run(tasmota, (at) => tasmotaSensors({ 'relative-humidity': 45 }, at, 'SHT3X', 'Europe/Rome'));
    const sample = first?.[0];
    if (sample?.kind !== 'numeric' || sample.taken?.kind !== 'local') throw new Error('no local time');
    expect(sample.taken.text).toBe('2026-11-26T13:00:00');
    expect(localToUtc(sample.taken.local, 'Europe/Rome')).toBe(start);
  });
});
