import fc from 'fast-check';
import type { Association } from '../../model/association.ts';

export const devices = ['d1', 'd2', 'd3'] as const;
export const patients = ['p1', 'p2', 'p3'] as const;
export const places = ['bed-1', 'bed-2'] as const;

const subject: fc.Arbitrary<Association['subject']> = fc.oneof(
  fc.record({ kind: fc.constant('patient' as const), id: fc.constantFrom(...patients) }),
  fc.record({ kind: fc.constant('place' as const), id: fc.constantFrom(...places) }),
);

/** What an association of that number is about, unless it is put right. */
const usual = (n: number): Pick<Association, 'device' | 'subject'> => ({
  device: devices[n % 3] ?? 'd1',
  subject:
    n % 4 === 0
      ? { kind: 'place', id: places[n % 2] ?? 'bed-1' }
      : { kind: 'patient', id: patients[(n >> 1) % 3] ?? 'p1' },
});

/**
 * Associations within a short event time, so that ends often meet readings; some open, some withdrawn. Numbers repeat:
 * mostly the same association is ended or re-dated, now and then it gets another device or subject.
 */
export const anyAssociation: fc.Arbitrary<Association> = fc
  .record({
    number: fc.integer({ min: 1, max: 8 }),
    other: fc.option(fc.record({ device: fc.constantFrom(...devices), subject }), { freq: 2 }),
    from: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 20, 40)),
    length: fc.option(fc.integer({ min: 0, max: 25 })),
  })
  .map(({ number, other, from, length }) => ({
    id: `a${number}`,
    ...usual(number),
    ...other,
    from,
    to: length === null ? null : from + length,
  }));
