import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fhirId, measurementId, observationId, sampleId, uuidv5 } from '../../../gateway/ingest/identity.ts';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const form = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('deterministic ids', () => {
  it('agrees with published UUIDv5 vectors', () => {
    // RFC 9562 appendix A.4, and the example of Python's uuid module.
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidv5(DNS, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
  });

  it('is a UUIDv5 for any key, the same for the same key', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.integer(),
        fc.option(fc.string()),
        (device, metric, takenAt, sequence) => {
          const id = sampleId({ device, metric, takenAt, sequence });
          expect(id).toMatch(form);
          expect(sampleId({ device, metric, takenAt, sequence })).toBe(id);
        },
      ),
    );
  });

  it('keeps the parts of a key apart', () => {
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
        fc.pre(a[0] !== b[0] || a[1] !== b[1]);
        const idOf = ([device, metric]: readonly [string, string]) => sampleId({ device, metric, takenAt: 0 });
        expect(idOf(a)).not.toBe(idOf(b));
      }),
    );
  });

  it('tells repeats within one second apart by their sequence', () => {
    const key = { device: 'gm-01', metric: 'glucose', takenAt: 1000 };
    expect(sampleId({ ...key, sequence: 1 })).not.toBe(sampleId({ ...key, sequence: 2 }));
    expect(sampleId({ ...key, sequence: 1 })).not.toBe(sampleId({ ...key, sequence: '1' }));
  });

  it('never gives one id to two kinds of things', () => {
    const measurement = measurementId({ device: 'd', takenAt: 1 });
    expect(new Set([measurement, sampleId({ device: 'd', metric: 'm', takenAt: 1 })]).size).toBe(2);
    expect(observationId({ device: 'd', measurement, takenAt: 1, group: 'a' })).not.toBe(
      observationId({ device: 'd', measurement, takenAt: 1, group: 'b' }),
    );
  });

  it('keeps ids that FHIR allows and replaces others by one that it allows', () => {
    expect(fhirId('Device', 'nibp-01')).toBe('nibp-01');
    expect(fhirId('Device', 'bed 4/left')).toMatch(form);
    expect(fhirId('Device', 'bed 4/left')).toBe(fhirId('Device', 'bed 4/left'));
    expect(fhirId('Device', '')).toMatch(form);
  });
});
