import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moistureOf, relativeHumidity } from '../../../simulators/models/air.ts';
import { Refrigerator } from '../../../simulators/models/refrigerator.ts';
import { Room, recordsRoom, wardRoom } from '../../../simulators/models/room.ts';

const startMs = Date.UTC(2026, 10, 26, 6);
const minutes = (count: number) => startMs + count * 60_000;

describe('a room', () => {
  it('keeps what its ventilation is set to', () => {
    for (const parameters of [wardRoom, recordsRoom]) {
      const now = new Room({ seed: 'r', startMs, parameters }).at(minutes(48 * 60));
      expect(Math.abs(now.temperature - parameters.temperature)).toBeLessThan(1);
      expect(Math.abs(now.humidity - parameters.humidity)).toBeLessThan(4);
      expect(now.co2).toBeCloseTo(420, 0);
    }
  });

  it('reaches the carbon dioxide of its people: outside + G x 10^6 / Q', () => {
    const room = new Room({ seed: 'r', startMs, inputs: { people: 4 } });
    const litresPerSecond = (wardRoom.volume * wardRoom.airChanges) / 3.6;
    expect(room.at(minutes(240)).co2).toBeCloseTo(420 + (4 * 0.0052e6) / litresPerSecond, 0);
    room.change(minutes(240), { ventilation: false });
    expect(room.at(minutes(360)).co2).toBeGreaterThan(1_000);
  });

  it('loses it at its rate of air changes, as a tracer', () => {
    const room = new Room({ seed: 'r', startMs, inputs: { people: 10, ventilation: false } });
    const first = room.at(minutes(120)).co2;
    room.change(minutes(120), { people: 0, ventilation: true });
    const second = room.at(minutes(140)).co2;
    expect(Math.log((first - 420) / (second - 420)) / (20 / 60)).toBeCloseTo(wardRoom.airChanges, 1);
  });

  it('drifts to the outside without ventilation, a records room slowly', () => {
    const drift = (parameters: typeof wardRoom) => {
      const room = new Room({ seed: 'r', startMs, parameters, inputs: { ventilation: false, outside: 0 } });
      return parameters.temperature - room.at(minutes(120)).temperature;
    };
    expect(drift(wardRoom)).toBeGreaterThan(2);
    expect(drift(recordsRoom)).toBeGreaterThan(0);
    expect(drift(recordsRoom)).toBeLessThan(drift(wardRoom) / 2);
  });

  it('loses its pressure while the door is open', () => {
    const room = new Room({ seed: 'r', startMs });
    expect(room.at(startMs).differentialPressure).toBeGreaterThan(8);
    expect(room.at(startMs).differentialPressure).toBeLessThan(15);
    room.change(minutes(1), { doorOpen: true });
    expect(room.at(minutes(1)).differentialPressure).toBeLessThan(0.1);
    room.change(minutes(2), { doorOpen: false });
    expect(room.at(minutes(2)).differentialPressure).toBeGreaterThan(8);
  });

  it('stays a room, whatever happens in it, and is the same from its seed', () => {
    const inputs = fc.record({
      people: fc.integer({ min: 0, max: 20 }),
      doorOpen: fc.boolean(),
      ventilation: fc.boolean(),
      outside: fc.integer({ min: -20, max: 40 }),
      outsideHumidity: fc.integer({ min: 5, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 6 }), (changes) => {
        const live = () => {
          const room = new Room({ seed: 'r', startMs });
          for (const [index, change] of changes.entries()) room.change(minutes(60 * index), change);
          return room.measured(minutes(60 * (changes.length + 1)));
        };
        const now = live();
        expect(now.temperature > -30 && now.temperature < 60).toBe(true);
        expect(now.humidity >= 0 && now.humidity <= 100).toBe(true);
        expect(now.co2 > 300 && now.co2 < 60_000).toBe(true);
        expect(live()).toEqual(now);
      }),
      { numRuns: 40 },
    );
  });

  it('has air whose relative humidity and moisture belong together', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 99, noNaN: true }),
        fc.double({ min: -10, max: 40, noNaN: true }),
        (humidity, temperature) => {
          expect(relativeHumidity(moistureOf(humidity, temperature), temperature)).toBeCloseTo(humidity, 6);
        },
      ),
    );
  });
});

describe('a refrigerator', () => {
  const course = (model: Refrigerator, from: number, to: number) => {
    const values = [];
    for (let minute = from; minute <= to; minute += 0.5) values.push(model.at(minutes(minute)));
    return values;
  };

  it('swings about its setpoint with the compressor, within 2 to 8 °C', () => {
    const values = course(new Refrigerator({ seed: 'f', startMs }), 60, 600);
    for (const { air } of values) expect(air > 4 && air < 6).toBe(true);
    const starts = values.filter((now, index) => now.compressor && values[index - 1]?.compressor === false).length;
    expect(starts).toBeGreaterThan(5);
    const swing = (pick: 'air' | 'product') =>
      Math.max(...values.map((now) => now[pick])) - Math.min(...values.map((now) => now[pick]));
    expect(swing('product')).toBeLessThan(swing('air'));
  });

  it('warms within minutes when the door stays open, the product after it, and recovers', () => {
    const model = new Refrigerator({ seed: 'f', startMs });
    model.change(minutes(60), { doorOpen: true });
    const after = model.at(minutes(70));
    expect(after.air).toBeGreaterThan(8);
    expect(after.product).toBeLessThan(after.air);
    expect(model.at(minutes(95)).product).toBeGreaterThan(8);
    model.change(minutes(95), { doorOpen: false });
    const recovered = model.at(minutes(400));
    expect(recovered.product).toBeLessThan(6.5);
  });

  it('goes to the temperature of the room without power', () => {
    const model = new Refrigerator({ seed: 'f', startMs });
    model.change(minutes(10), { powered: false });
    expect(model.at(minutes(70)).air).toBeGreaterThan(6);
    expect(model.at(minutes(24 * 60)).product).toBeCloseTo(22, 0);
    expect(model.at(minutes(24 * 60)).compressor).toBe(false);
  });

  it('is measured with little noise', () => {
    const model = new Refrigerator({ seed: 'f', startMs });
    const [truth, sensed] = [model.at(minutes(30)), model.measured(minutes(30))];
    expect(sensed.air).not.toBe(truth.air);
    expect(Math.abs(sensed.air - truth.air)).toBeLessThan(0.2);
  });
});
