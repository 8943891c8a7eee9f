import fc from 'fast-check';
import type { Association } from '../../model/association.ts';

export const devices = ['d1', 'd2', 'd3'] as const;
export const patients = ['p1', 'p2', 'p3'] as const;
export const places = ['bed-1', 'bed-2'] as const;

const subject: fc.Arbitrary<Association['subject']> = fc.oneof(
  fc.record({ kind: fc.constant('patient' as const), id: fc.constantFrom(...patients) }),
  fc.record({ kind: fc.constant('place' as const), id: fc.constantFrom(...places) }),
);

/** Associations within a short event time, so that ends often meet readings; some open, some empty; ids repeat, so that some replace others. */
export const anyAssociation: fc.Arbitrary<Association> = fc
  .record({
    id: fc.integer({ min: 1, max: 12 }).map((n) => `a${n}`),
    device: fc.constantFrom(...devices),
    subject,
    from: fc.integer({ min: 0, max: 60 }),
    length: fc.option(fc.integer({ min: 0, max: 25 })),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: length === null ? null : rest.from + length }));
