import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsOf, pointsOfBatch } from '../../../gateway/sinks/points.ts';
import { answerFor } from '../../../gateway/sinks/store-answers.ts';
import { anyFrame, commonOf, frameOf, numericOf, waveOf } from '../../support/journal-entries.ts';

describe('samples as points', () => {
  it('carry the value, its tags, and nothing of the patient', () => {
    const sample = numericOf('a', { patient: 'patient-17', place: 'bed 4', clockOffsetMs: -250, value: 71.5 });
    const [point] = pointsOf(frameOf([sample]), { tags: { site: 'north' } });
    expect(point).toMatchObject({
      measurement: 'vital',
      tags: { site: 'north', device: 'monitor-1', place: 'bed 4', metric: 'heart-rate', quality: 'good' },
      fields: { value: 71.5, offsetMs: -250 },
    });
    expect(point?.timestamp.slice(0, -6)).toBe('1000000');
    expect(JSON.stringify(point)).not.toContain('patient-17');
  });

  it.each([
    ['air-temperature', 'env'],
    ['battery', 'equip'],
    ['infusion-rate', 'pump'],
    ['cuff-pressure', 'vital'],
    ['glucose', 'vital'],
  ])('of %s are filed under %s', (metric, measurement) => {
    expect(pointsOf(frameOf([numericOf('a', { metric })]))[0]?.measurement).toBe(measurement);
  });

  it('are none where there is no value, and no value where the device only says below or above', () => {
    expect(pointsOf(frameOf([numericOf('a', { value: null, quality: 'missing' })]))).toEqual([]);
    const low = numericOf('lo', { metric: 'glucose', value: 20, comparator: '<' });
    expect(pointsOf(frameOf([low]))[0]?.fields).toEqual({ below: 20 });
  });

  it('of a status are 1 and 0, and none where it is unknown', () => {
    const status = (active: boolean | null) =>
      pointsOf(
        frameOf([
          {
            kind: 'status',
            ...commonOf('s'),
            code: 'leads-off',
            active,
            role: 'alarm',
            alertKind: 'technical',
            priority: 'low',
            text: 'Leads off',
            detail: null,
            mdc: null,
          },
        ]),
      ).map(({ measurement, fields }) => ({ measurement, fields }));
    expect(status(true)).toEqual([{ measurement: 'alarm', fields: { active: 1 } }]);
    expect(status(false)).toEqual([{ measurement: 'alarm', fields: { active: 0 } }]);
    expect(status(null)).toEqual([]);
  });

  it('of a waveform are made on request only, one a sample, with gaps kept', () => {
    const frame = frameOf([waveOf('w', { raw: [10, null, 30], rateHz: 300, scale: 0.1, offset: 1 })]);
    expect(pointsOf(frame)).toEqual([]);
    const points = pointsOf(frame, { waveforms: true });
    expect(points.map(({ fields }) => fields.value)).toEqual([2, 4]);
    const [first, third] = points.map(({ timestamp }) => BigInt(timestamp));
    expect((third ?? 0n) - (first ?? 0n)).toBe(6_666_667n);
  });

  it('of two samples of one series in one millisecond stay apart', () => {
    const names = Array.from({ length: 50 }, (_, n) => `same ms ${n}`);
    const points = pointsOf(frameOf(names.map((name) => numericOf(name))));
    expect(new Set(points.map(({ timestamp }) => timestamp)).size).toBe(50);
  });

  it('are the same each time, finite, and fit for line protocol, whatever the sample', () => {
    fc.assert(
      fc.property(anyFrame, (entry) => {
        const batch = [{ position: 1, committedAt: 1, entry }];
        const points = pointsOfBatch(batch, { waveforms: true });
        expect(pointsOfBatch(batch, { waveforms: true })).toEqual(points);
        for (const { measurement, tags, fields, timestamp } of points) {
          expect(measurement).toMatch(/^(vital|wave|pump|env|equip|alarm)$/);
          expect(timestamp).toMatch(/^-?\d+$/);
          for (const value of Object.values(fields)) expect(Number.isFinite(value)).toBe(true);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be there
          for (const value of Object.values(tags)) expect(value).toMatch(/^[^\u0000-\u001f]*[^\\]$/u);
        }
      }),
    );
  });
});

describe('what a store says', () => {
  const of = (status: number | null, code: string | null = null) => answerFor({ status, code, message: 'words' }).retry;

  it('is transient, ambiguous or a refusal', () => {
    expect(of(503)).toMatchObject({ kind: 'transient', from: 0 });
    expect(of(429)).toMatchObject({ kind: 'transient' });
    expect(of(500)).toMatchObject({ kind: 'ambiguous' });
    expect(of(null, 'ECONNREFUSED')).toMatchObject({ kind: 'transient' });
    expect(of(null, 'ECONNRESET')).toMatchObject({ kind: 'ambiguous' });
    expect(of(null)).toMatchObject({ kind: 'ambiguous' });
    for (const status of [400, 413, 422])
      expect(() => of(status)).toThrow(expect.objectContaining({ code: 'batch-refused' }));
  });

  it('comes with what to do where only people can mend it', () => {
    for (const status of [401, 403, 404]) expect(of(status)?.detail).toMatch(/^\d+: words\. (Check|Its|Create)/);
  });
});
