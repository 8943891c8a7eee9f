import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/programs.ts';
import { type Json, listOf, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

/** 27 messages that a monitor sent (protocols.md 4.1): heart rate 80, cuff 121/75 mean 92. */
const recording = join(import.meta.dirname, '../../../../shared/data/captures/ivy-450c.bin');
const PIECE = 500;

interface Coded {
  readonly code: { readonly coding: readonly { readonly code: string }[] };
}
interface Panel extends Json, Coded {
  readonly component: readonly (Coded & { readonly valueQuantity: { readonly value: number } })[];
}

describe.skipIf(process.env.CI !== 'true' && !existsSync(recording))('a recorded Ivy 450C behind a TCP server', () => {
  let server: Server;
  let gateway: RunningGateway;

  beforeAll(async () => {
    const bytes = readFileSync(recording);
    const port = await freePort();
    // In pieces that end anywhere, as from a serial device server; then it stays silent.
    server = createServer((socket) => {
      let at = 0;
      const timer = setInterval(() => {
        if (at >= bytes.length) return clearInterval(timer);
        socket.write(bytes.subarray(at, at + PIECE));
        at += PIECE;
      }, 50);
      socket.on('close', () => clearInterval(timer)).on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    gateway = await startGateway({
      site: {
        links: { line: { type: 'tcp', host: '127.0.0.1', port } },
        places: [{ id: 'bed-1', name: 'Bed 1', kind: 'bed' }],
        patients: [{ id: 'p1', mrn: '1', family: 'Test', place: 'bed-1' }],
        devices: [{ id: 'ekg', driver: 'ivy-450c', link: 'line', place: 'bed-1' }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.dispose();
    server?.close();
  });

  it('gives its heart rate for the patient in the bed', async () => {
    const found = await listOf(gateway, '/api/v1/readings?device=ekg&metric=heart-rate', 27);
    expect(found).toHaveLength(27);
    expect(found.every(({ value, unit, patient }) => value === 80 && unit === '/min' && patient === 'p1')).toBe(true);
  });

  it('gives the cuff reading that it repeats as one measurement', async () => {
    const measurements = new Set<string>();
    for (const [metric, value] of Object.entries({ 'nibp-systolic': 121, 'nibp-diastolic': 75, 'nibp-mean': 92 })) {
      const found = await listOf(gateway, `/api/v1/readings?device=ekg&metric=${metric}`, 1);
      expect(found).toMatchObject([{ value, patient: 'p1' }]);
      for (const { measurement } of found) measurements.add(measurement);
    }
    expect(measurements.size).toBe(1);
  });

  it('files it as one blood pressure panel with its components', async () => {
    // LOINC 85354-9: blood pressure panel (standards.md 2.5)
    const bundle = await gateway.get<{ entry?: { resource: Panel }[] }>(
      '/fhir/R4/Observation?patient=p1&code=http://loinc.org|85354-9',
    );
    const panels = (bundle.entry ?? []).map(({ resource }) => resource);
    expect(panels).toMatchObject([{ resourceType: 'Observation', subject: { reference: 'Patient/p1' } }]);
    const parts = Object.fromEntries(
      (panels[0]?.component ?? []).flatMap(({ code, valueQuantity: { value } }) =>
        code.coding.map((coding) => [coding.code, value]),
      ),
    );
    expect(parts).toMatchObject({ '8480-6': 121, '8462-4': 75, '8478-0': 92 });
  });
});
