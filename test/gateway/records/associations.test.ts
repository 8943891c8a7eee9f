import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssociationTable, changedStretches } from '../../../gateway/records/associations.ts';
import { type Association, covers } from '../../../model/association.ts';
import { hasCode } from '../../../model/errors.ts';
import { anyAssociation, devices } from '../../support/arbitrary-associations.ts';

const association = (id: string, over: Partial<Association> = {}): Association => ({
  id,
  device: 'd1',
  subject: { kind: 'patient', id: 'p1' },
  from: 100,
  to: 200,
  ...over,
});

/** Puts what can be put and says which were refused. */
const tableOf = (list: readonly Association[]) => {
  const table = new AssociationTable();
  const refused: Association[] = [];
  for (const each of list) {
    try {
      table.put(each);
    } catch (error) {
      if (!hasCode(error, 'association-conflict')) throw error;
      refused.push(each);
    }
  }
  return { table, refused };
};

const histories = fc.array(anyAssociation, { maxLength: 30 });

describe('association table', () => {
  it('covers its start and not its end', () => {
    const table = new AssociationTable([association('a')]);
    expect([99, 100, 199, 200].map((at) => table.subjectAt('d1', at).patient)).toEqual([null, 'p1', 'p1', null]);
  });

  it('keeps patient and place of a device apart', () => {
    const table = new AssociationTable([
      association('a'),
      association('b', { subject: { kind: 'place', id: 'bed-1' }, from: 0, to: null }),
    ]);
    expect(table.subjectAt('d1', 150)).toEqual({ patient: 'p1', place: 'bed-1' });
    expect(table.subjectAt('d1', 250)).toEqual({ patient: null, place: 'bed-1' });
    expect(table.subjectAt('d2', 150)).toEqual({ patient: null, place: null });
  });

  it('refuses a second patient at one time and says which association is in the way', () => {
    const table = new AssociationTable([association('a', { to: null })]);
    const second = association('b', { subject: { kind: 'patient', id: 'p2' }, from: 500, to: null });
    expect(() => table.put(second)).toThrow(expect.objectContaining({ code: 'association-conflict' }));
    expect(table.subjectAt('d1', 600).patient).toBe('p1');
    table.end('a', 500);
    table.put(second);
    expect([499, 500].map((at) => table.subjectAt('d1', at).patient)).toEqual(['p1', 'p2']);
  });

  it('takes a back-dated association into a gap', () => {
    const table = new AssociationTable([association('a'), association('c', { from: 300, to: null })]);
    table.put(association('b', { from: 200, to: 300, subject: { kind: 'patient', id: 'p2' } }));
    expect([150, 250, 350].map((at) => table.subjectAt('d1', at).patient)).toEqual(['p1', 'p2', 'p1']);
  });

  it('ends once, and not before it began', () => {
    const table = new AssociationTable([association('a', { to: null })]);
    expect(() => table.end('a', 50)).toThrow(expect.objectContaining({ code: 'association-invalid' }));
    expect(table.end('a', 150).to).toBe(150);
    expect(() => table.end('a', 160)).toThrow(expect.objectContaining({ code: 'association-ended' }));
    expect(() => table.end('x', 160)).toThrow(expect.objectContaining({ code: 'association-unknown' }));
  });

  it('refuses times that are no interval', () => {
    const table = new AssociationTable();
    for (const times of [{ from: 5, to: 4 }, { from: Number.NaN }, { from: 0, to: Number.POSITIVE_INFINITY }]) {
      expect(() => table.put(association('a', times))).toThrow(
        expect.objectContaining({ code: 'association-invalid' }),
      );
    }
  });

  it('lets a withdrawn association cover nothing and stand in nobody’s way', () => {
    const table = new AssociationTable([association('a')]);
    table.put(association('a', { to: 100 }));
    table.put(association('b', { from: 50, to: 250, subject: { kind: 'patient', id: 'p2' } }));
    expect(table.subjectAt('d1', 150).patient).toBe('p2');
    expect(table.get('a')?.to).toBe(100);
  });

  it('lists by device, subject and moment', () => {
    const table = new AssociationTable([
      association('b', { from: 300, to: null }),
      association('a'),
      association('c', { device: 'd2', subject: { kind: 'place', id: 'bed-1' } }),
    ]);
    expect(table.list({ device: 'd1' }).map((each) => each.id)).toEqual(['a', 'b']);
    expect(table.list({ patient: 'p1', at: 150 }).map((each) => each.id)).toEqual(['a']);
    expect(table.list({ place: 'bed-1' }).map((each) => each.id)).toEqual(['c']);
  });

  it('answers as a plain search of all associations would, for any history', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...devices), fc.integer({ min: -5, max: 90 }), (list, device, at) => {
        const { table } = tableOf(list);
        const matching = (kind: string) =>
          table.list().filter((each) => each.device === device && each.subject.kind === kind && covers(each, at));
        const [patient, place] = [matching('patient'), matching('place')];
        expect(patient.length).toBeLessThanOrEqual(1);
        expect(place.length).toBeLessThanOrEqual(1);
        expect(table.subjectAt(device, at)).toEqual({
          patient: patient[0]?.subject.id ?? null,
          place: place[0]?.subject.id ?? null,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('refuses only what overlaps, and a refusal changes nothing', () => {
    fc.assert(
      fc.property(histories, anyAssociation, (list, next) => {
        const { table } = tableOf(list);
        const before = table.list();
        const rival = before.find(
          (each) =>
            each.id !== next.id &&
            each.device === next.device &&
            each.subject.kind === next.subject.kind &&
            Math.max(each.from, next.from) < Math.min(each.to ?? 1e9, next.to ?? 1e9),
        );
        try {
          table.put(next);
          expect(rival).toBeUndefined();
        } catch (error) {
          expect(hasCode(error, 'association-conflict')).toBe(true);
          expect(rival).toBeDefined();
          expect(table.list()).toEqual(before);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the same when it is made anew from its list', () => {
    fc.assert(
      fc.property(histories, (list) => {
        const { table } = tableOf(list);
        expect(new AssociationTable(table.list()).list()).toEqual(table.list());
      }),
    );
  });

  it('forgets what was removed', () => {
    const table = new AssociationTable([association('a')]);
    table.remove('a');
    table.remove('a');
    expect(table.subjectAt('d1', 150).patient).toBeNull();
    expect(table.list()).toEqual([]);
  });

  it('cuts a stretch into segments that cover it and agree with every moment in it', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...devices), fc.integer({ min: 0, max: 80 }), (list, device, at) => {
        const { table } = tableOf(list);
        const segments = table.segments(device, 0, 80);
        expect(segments[0]?.from).toBe(0);
        expect(segments.at(-1)?.to).toBe(80);
        segments.forEach((segment, index) => {
          if (index > 0) expect(segment.from).toBe(segments[index - 1]?.to);
        });
        const segment = segments.find((each) => each.from <= at && at < each.to);
        if (at < 80) expect(segment).toMatchObject(table.subjectAt(device, at));
      }),
      { numRuns: 300 },
    );
  });

  it('names every stretch in which a change altered an answer', () => {
    fc.assert(
      fc.property(histories, anyAssociation, fc.integer({ min: 0, max: 90 }), (list, next, at) => {
        const { table } = tableOf(list);
        const before = devices.map((device) => table.subjectAt(device, at));
        let stretches: ReturnType<typeof changedStretches> = [];
        try {
          stretches = changedStretches(table.put(next), next);
        } catch (error) {
          if (!hasCode(error, 'association-conflict')) throw error;
        }
        devices.forEach((device, index) => {
          const named = stretches.some((each) => each.device === device && each.from <= at && at < each.to);
          if (!named) expect(table.subjectAt(device, at)).toEqual(before[index]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('names only the tail when an association is ended', () => {
    const open = association('a', { to: null });
    expect(changedStretches(open, { ...open, to: 700 })).toEqual([
      { device: 'd1', from: 700, to: Number.POSITIVE_INFINITY },
    ]);
    expect(changedStretches(open, open)).toEqual([]);
  });
});
