import { describe, expect, it } from 'vitest';
import { deviceSilent } from '../../rules/device-silent.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric, START, status } from '../support/samples.ts';

const monitor = { id: 'd1', class: 'ekg', name: 'Monitor, bed 1', silentAfterMs: 10_000 } as const;
const watch = (raw = {}, silentAfterMs: number | null = monitor.silentAfterMs) =>
  runRule(deviceSilent, raw, { subject: { kind: 'device', id: 'd1' }, device: { ...monitor, silentAfterMs } });

describe('device silent', () => {
  it('says so after the device’s own time, and when data is back', () => {
    const run = watch();
    run.give(numeric('spo2', 0, 97), numeric('spo2', 4, 97));
    run.until(13.9);
    expect(run.lines()).toEqual(['0 device-silent off']);
    run.until(14);
    expect(run.lines().at(-1)).toBe('14 device-silent on');
    expect(run.said.at(-1)).toMatchObject({
      kind: 'technical',
      message: 'Monitor, bed 1: no data, last one 10 s ago',
      inhibits: ['*'],
    });
    run.give(status('infusing', 20, true));
    expect(run.lines().at(-1)).toBe('20 device-silent off');
    run.until(30);
    expect(run.lines().at(-1)).toBe('30 device-silent on');
  });

  it('takes any sample for a sign of life, also one without a value or from the past', () => {
    const run = watch();
    run.give(
      numeric('spo2', 0, 97),
      numeric('spo2', 9, null),
      numeric('spo2', 18, 97, { takenAt: START - 86_400_000 }),
    );
    run.until(27.9);
    expect(run.lines()).toEqual(['0 device-silent off']);
  });

  it('notices a device that never spoke', () => {
    const run = watch({ neverSeenAfterSeconds: 60 });
    run.until(59.9);
    expect(run.lines()).toEqual([]);
    run.until(60);
    expect(run.said.at(-1)).toMatchObject({ state: 'on', message: 'Monitor, bed 1: no data since the start' });
  });

  it('does not expect anything of a device that speaks now and then', () => {
    const run = watch({}, null);
    run.until(1_000_000);
    run.give(numeric('glucose', 1_000_000, 100));
    run.until(2_000_000);
    expect(run.lines()).toEqual(['1000000 device-silent off']);
  });

  it('follows the site’s own time for a device', () => {
    const run = watch({ silentAfterSeconds: { d1: 3 } });
    run.give(numeric('spo2', 0, 97));
    run.until(3);
    expect(run.lines().at(-1)).toBe('3 device-silent on');
  });
});
