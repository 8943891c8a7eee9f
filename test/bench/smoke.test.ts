import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** A bench, run short. Its times are no business of a test; that it measures, and that nothing was lost, are. */
const runQuick = (name: string): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(`${name}.bench.ts`, import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', file, '--quick'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const line = text.trimEnd().split('\n').at(-1) ?? '';
      if (code !== 0 || !line.startsWith('{')) reject(new Error(`${name} ended with ${code}: ${text}${errors}`));
      else resolve(JSON.parse(line) as Record<string, unknown>);
    });
  });

const positive = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;

describe('the benches, run short', () => {
  test('durable MQTT loses and doubles nothing', async () => {
    const result = await runQuick('mqtt-durable');
    expect(result).toMatchObject({ bench: 'mqtt-durable', lost: 0, doubled: 0 });
    expect(Object.entries(result).filter(([key, value]) => key.endsWith('PerSecond') && !positive(value))).toEqual([]);
  });

  test('every reading beyond its limit becomes an alert on the screen', async () => {
    const result = await runQuick('alert-latency');
    expect(result).toMatchObject({ bench: 'alert-latency', alerts: 20 });
    expect(['sustainedPerSecond', 'loadPerSecond', 'p50Ms', 'p99Ms'].filter((key) => !positive(result[key]))).toEqual(
      [],
    );
  });

  test('the demo shows readings', async () => {
    const result = await runQuick('demo-footprint');
    expect(result).toMatchObject({ bench: 'demo-footprint' });
    expect(['healthMs', 'firstReadingsMs', 'rssMb', 'cpuShare'].filter((key) => !positive(result[key]))).toEqual([]);
  });
});
