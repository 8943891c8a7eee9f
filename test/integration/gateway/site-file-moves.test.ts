import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programMissing, runProgram } from '../../support/programs.ts';
import { type Json, listOf, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

const skipped = programMissing('mosquitto_pub');

const beds = ['bed-1', 'bed-2'].map((id) => ({ id, name: id, kind: 'bed' }));
const patient = (id: string, place?: string) => ({ id, mrn: `MRN-${id}`, family: 'Test', ...(place ? { place } : {}) });
const monitor = (place?: string) => ({ id: 'bp-1', driver: 'mqtt-json', link: 'mqtt', ...(place ? { place } : {}) });

describe.skipIf(skipped)('when the site’s file is edited between two starts', () => {
  let gateway: RunningGateway;
  let sent = 0;

  beforeEach(async () => {
    sent = 0;
    gateway = await startGateway({
      site: { places: beds, patients: [patient('p1', 'bed-1'), patient('p2')], devices: [monitor('bed-1')] },
    });
  });
  afterEach(() => gateway?.dispose());

  const restart = async (changes: Json = {}) => {
    await gateway.stop();
    gateway.editSite(changes);
    await gateway.up();
  };

  /** For whom a heart rate that is measured now is filed. */
  const measuredFor = async () => {
    const payload = JSON.stringify({
      time: new Date().toISOString(),
      seq: ++sent,
      values: { 'heart-rate': 60 + sent },
    });
    const { code } = await runProgram('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(gateway.mqttPort), '-q', '1', '-t', 'wardwire/bp-1/readings', '-m', payload],
    ]);
    expect(code).toBe(0);
    const readings = await listOf(gateway, '/api/v1/readings?device=bp-1&metric=heart-rate', sent);
    const found = readings.find(({ value }) => value === 60 + sent);
    return { patient: found?.patient, place: found?.place };
  };

  it('readings go to who lies in the bed now, not to who lay there', async () => {
    expect(await measuredFor()).toEqual({ patient: 'p1', place: 'bed-1' });
    await restart({ patients: [patient('p1', 'bed-2'), patient('p2', 'bed-1')] });
    expect(await measuredFor()).toEqual({ patient: 'p2', place: 'bed-1' });
  });

  it('readings of an emptied bed are nobody’s', async () => {
    await restart({ patients: [patient('p1'), patient('p2')] });
    expect(await measuredFor()).toEqual({ patient: null, place: 'bed-1' });
  });

  it('a device that stands elsewhere is with who lies there', async () => {
    await restart({ patients: [patient('p1', 'bed-1'), patient('p2', 'bed-2')], devices: [monitor('bed-2')] });
    expect(await measuredFor()).toEqual({ patient: 'p2', place: 'bed-2' });
  });

  it('what a person did on the screen stands over a start, and over another edit with a word in the log', async () => {
    const [onPatient] = (await gateway.list('/api/v1/associations?device=bp-1')).filter(
      ({ patient: id }) => id === 'p1',
    );
    const post = (path: string, body: Json) =>
      gateway.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post(`/api/v1/associations/${onPatient?.id}/end`, { reason: 'wrong bed' })).status).toBe(200);
    expect((await post('/api/v1/associations', { device: 'bp-1', patient: 'p2' })).status).toBe(201);
    await restart();
    expect(await measuredFor()).toEqual({ patient: 'p2', place: 'bed-1' });

    await restart({ patients: [patient('p1'), patient('p2'), patient('p3', 'bed-1')] });
    expect(await measuredFor()).toEqual({ patient: 'p2', place: 'bed-1' });
    const told = gateway
      .output()
      .split('\n')
      .filter((line) => line.includes('the edit of the file is not followed'));
    expect(told).toEqual([expect.stringContaining('"device":"bp-1"')]);
    expect(gateway.output()).not.toMatch(/\bp3\b|MRN-p3/);
  });
});
