import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Influx, startInflux } from '../../support/influx.ts';
import { eventually, programMissing, runProgram } from '../../support/programs.ts';
import { type Json, listOf, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

const skipped = programMissing('mosquitto_pub', 'influxd');

describe.skipIf(skipped)('what mosquitto_pub publishes at QoS 1', () => {
  let influx: Influx;
  let gateway: RunningGateway;

  beforeAll(async () => {
    influx = await startInflux('wardwire');
    const device = (id: string) => ({ id, driver: 'mqtt-json', link: 'mqtt', place: 'store', silentAfterSeconds: 300 });
    gateway = await startGateway({
      site: {
        places: [{ id: 'store', name: 'Store', kind: 'room' }],
        devices: ['with-time', 'with-seq', 'with-neither', 'end'].map(device),
        sinks: [{ type: 'influx1', id: 'influx', url: influx.url }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.dispose();
    await influx?.stop();
  });

  const publish = async (device: string, payload: Json) => {
    const topic = `wardwire/${device}/readings`;
    const { code, output } = await runProgram('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(gateway.mqttPort), '-q', '1', '-t', topic],
      ...['-m', JSON.stringify(payload)],
    ]);
    expect(output).toBe('');
    expect(code).toBe(0);
  };

  const readings = (device: string, atLeast: number) =>
    listOf(gateway, `/api/v1/readings?device=${device}&metric=air-temperature`, atLeast);

  interface Observation extends Json {
    readonly id: string;
    readonly effectiveDateTime: string;
    /** Room climate is a panel: one component for each quantity. */
    readonly component: readonly { readonly valueQuantity: Json }[];
  }
  const climateOf = ({ component }: Observation) => component[0]?.valueQuantity.value;
  const observations = async (device: string): Promise<Observation[]> => {
    const bundle = await gateway.get<{ entry?: { resource: Observation }[] }>(
      `/fhir/R4/Observation?device=Device/${device}`,
    );
    return (bundle.entry ?? []).map(({ resource }) => resource);
  };
  const points = (device: string) =>
    influx.query(`SELECT * FROM env WHERE device = '${device}' AND metric = 'air-temperature'`);

  /** All stores have taken what was published before this. */
  const drained = async () => {
    const seq = Math.trunc(Math.random() * 1e9);
    await publish('end', { seq, values: { 'air-temperature': seq / 1e8 } });
    await eventually(async () => {
      const rows = await points('end');
      return rows.some(({ value }) => value === seq / 1e8);
    }, 'the last point in Influx');
    await eventually(
      async () => (await observations('end')).some((observation) => climateOf(observation) === seq / 1e8),
      'the last Observation',
    );
  };

  it('is one reading, one Observation and one point, also when a message with its time comes twice', async () => {
    const time = new Date(Date.now() - 5000).toISOString();
    const message = { time, values: { 'air-temperature': 4.5 } };
    await publish('with-time', message);
    await publish('with-time', message);
    await drained();

    const found = await readings('with-time', 1);
    expect(found).toMatchObject([{ value: 4.5, unit: 'Cel', takenAt: time, place: 'store', quality: 'good' }]);
    expect(await observations('with-time')).toMatchObject([
      {
        resourceType: 'Observation',
        effectiveDateTime: time,
        component: [{ valueQuantity: { value: 4.5, code: 'Cel' } }],
      },
    ]);
    const rows = await points('with-time');
    expect(rows).toMatchObject([{ value: 4.5, place: 'store', quality: 'good' }]);
    expect(Math.floor(Number(rows[0]?.time) / 1e6)).toBe(Date.parse(time));
    expect(await gateway.counter('wardwire_device_duplicates_total', { device: 'with-time' })).toBe(1);
  });

  it('is told by its seq: the same number is the same reading, the next one another', async () => {
    await publish('with-seq', { seq: 7, values: { 'air-temperature': 5 } });
    await publish('with-seq', { seq: 7, values: { 'air-temperature': 5 } });
    await publish('with-seq', { seq: 8, values: { 'air-temperature': 5 } });
    await drained();

    expect((await readings('with-seq', 2)).map(({ value }) => value)).toEqual([5, 5]);
    expect(await observations('with-seq')).toHaveLength(2);
    expect(await points('with-seq')).toHaveLength(2);
  });

  it('is a reading of its own each time where it has neither', async () => {
    for (let n = 0; n < 3; n++) await publish('with-neither', { values: { 'air-temperature': 6 } });
    await drained();

    expect(await readings('with-neither', 3)).toHaveLength(3);
    expect(await observations('with-neither')).toHaveLength(3);
    expect(await points('with-neither')).toHaveLength(3);
  });
});
