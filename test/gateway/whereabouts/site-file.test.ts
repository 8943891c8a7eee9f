import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AssociationTable } from '../../../gateway/records/associations.ts';
import { openDatabase } from '../../../gateway/store/database.ts';
import { Declarations, whereaboutsMigrations } from '../../../gateway/whereabouts/declarations.ts';
import { createSiteFile, decide } from '../../../gateway/whereabouts/site-file.ts';
import { createWhereabouts } from '../../../gateway/whereabouts/whereabouts.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { StoreFile } from '../../support/store-file.ts';

const NOON = Date.UTC(2026, 0, 5, 12, 0, 30);
const HALF_A_MINUTE = 30_000;

const make = () => {
  const clock = new VirtualClock(NOON);
  const table = new AssociationTable();
  const journaled: string[] = [];
  const warned: string[] = [];
  const failed: string[] = [];
  const said = new Map<string, string | null>();
  const whereabouts = createWhereabouts({
    clock,
    table,
    journal: { append: async (entry) => journaled.push(entry.type) },
    onChange: () => {},
  });
  const siteFile = createSiteFile({
    clock,
    table,
    whereabouts,
    declarations: {
      get: (device, kind) => said.get(`${device} ${kind}`) ?? null,
      set: (device, kind, subject) => void said.set(`${device} ${kind}`, subject),
    },
    log: { warn: (message) => warned.push(message), error: (message) => failed.push(message) },
  });
  const now = () => table.subjectAt('bp-1', clock.now());
  return {
    ...{ clock, table, journaled, warned, failed, whereabouts, now },
    /** A start, a minute after what was before it. */
    start: async (place: string | null, patient: string | null = null) => {
      clock.advanceBy(60_000);
      await siteFile.declare('bp-1', 'place', place, null);
      await siteFile.declare('bp-1', 'patient', patient, null);
    },
    /** A person takes the device off whom it is on, and may put it on another. */
    person: async (patient: string | null) => {
      clock.advanceBy(60_000);
      for (const { id } of table
        .list({ device: 'bp-1', at: clock.now() })
        .filter(({ subject }) => subject.kind === 'patient'))
        await whereabouts.end(id, null, 'nora', null);
      const subject = { kind: 'patient', id: patient ?? '' } as const;
      if (patient) await whereabouts.associate({ device: 'bp-1', subject, from: null, to: null, reason: null }, 'nora');
    },
  };
};

describe('what the site’s file says of a device', () => {
  it('holds from the beginning of the minute for a patient, always for a place, and is said once', async () => {
    const { clock, table, journaled, start } = make();
    await start('bed-1', 'p1');
    const minute = clock.now() - HALF_A_MINUTE;
    await start('bed-1', 'p1');
    expect(journaled).toEqual(['association', 'association']);
    expect(table.subjectAt('bp-1', minute - 1)).toMatchObject({ patient: null, place: 'bed-1' });
    expect(table.subjectAt('bp-1', minute)).toMatchObject({ patient: 'p1', place: 'bed-1' });
  });

  it('is followed where it was edited, and what was before stays as it was', async () => {
    const { clock, table, start, now } = make();
    await start('bed-1', 'p1');
    const before = clock.now();
    await start('bed-2', 'p2');
    expect(now()).toMatchObject({ patient: 'p2', place: 'bed-2' });
    expect(table.subjectAt('bp-1', before)).toMatchObject({ patient: 'p1', place: 'bed-1' });
    await start('bed-2', null);
    expect(now()).toMatchObject({ patient: null, place: 'bed-2' });
  });

  it('does not put a device back on a patient it was taken off', async () => {
    const { start, person, now, warned } = make();
    await start('bed-1', 'p1');
    await person(null);
    await start('bed-1', 'p1');
    expect(now().patient).toBeNull();
    expect(warned).toEqual([]);
  });

  it('gives way to a person also when it was edited since, says so once, and is followed again when they agree', async () => {
    const { start, person, now, warned } = make();
    await start('bed-1', 'p1');
    await person('p2');
    for (let count = 0; count < 2; count++) await start('bed-1', 'p3');
    expect(now().patient).toBe('p2');
    expect(warned).toEqual([expect.stringContaining('a person has put this device with another patient')]);
    await person('p3');
    await start('bed-1', 'p4');
    expect(now().patient).toBe('p4');
  });

  it('leaves an association that a person has given an end', async () => {
    const { clock, start, whereabouts, now } = make();
    await start('bed-1');
    const subject = { kind: 'patient', id: 'p1' } as const;
    const to = clock.now() + 3_600_000;
    await whereabouts.associate({ device: 'bp-1', subject, from: null, to, reason: null }, 'nora');
    await start('bed-1', 'p2');
    expect(now().patient).toBe('p1');
  });

  it('does not keep the ward from starting where it cannot be followed', async () => {
    const { clock, start, table, failed } = make();
    table.put({ id: 'later', device: 'bp-1', subject: { kind: 'place', id: 'x' }, from: clock.now() + 1e9, to: null });
    await start('bed-1', 'p1');
    expect(failed).toHaveLength(1);
    expect(table.subjectAt('bp-1', clock.now())).toMatchObject({ patient: 'p1', place: null });
  });

  it('over any history: a person’s word is never undone, and an edit is followed where nobody spoke since', async () => {
    const who = fc.constantFrom('p1', 'p2', 'p3', null);
    const step = fc.record({ by: fc.constantFrom('file', 'person', 'start'), patient: who });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { start, person, now, failed } = make();
        let file: string | null = null;
        let lastRead: string | null = null;
        let stands: string | null = null;
        for (const { by, patient } of steps) {
          if (by === 'file') file = patient;
          if (by === 'person') {
            await person(patient);
            stands = patient;
          }
          if (by === 'start') {
            await start('bed-1', file);
            if (stands === lastRead) stands = file;
            lastRead = file;
          }
          expect(now().patient).toBe(stands);
        }
        expect(failed).toEqual([]);
      }),
    );
  });

  it.each([
    [null, 'p1', null, 'follow'],
    ['p1', 'p1', 'p1', 'as-said'],
    ['p1', 'p2', 'p1', 'follow'],
    ['p1', null, 'p1', 'follow'],
    ['p1', 'p1', null, 'leave'],
    ['p1', 'p1', 'p2', 'leave'],
    ['p1', 'p2', 'p3', 'leave'],
    ['p1', 'p2', 'p2', 'as-said'],
  ] as const)('said %s, says %s, stands %s: %s', (lastSaid, says, standing, decision) => {
    expect(decide(lastSaid, says, standing)).toBe(decision);
  });
});

describe('what the file last said', () => {
  const store = new StoreFile();
  afterEach(() => store.remove());

  it('is known again after a restart, by device and kind', () => {
    const open = () => openDatabase({ file: store.file, migrations: whereaboutsMigrations });
    const first = open();
    const declarations = new Declarations(first);
    expect(declarations.get('bp-1', 'patient')).toBeNull();
    declarations.set('bp-1', 'patient', 'p1');
    declarations.set('bp-1', 'patient', 'p2');
    declarations.set('bp-1', 'place', 'bed-1');
    declarations.set('bp-2', 'patient', null);
    first.close();
    const second = open();
    const again = new Declarations(second);
    expect(again.get('bp-1', 'patient')).toBe('p2');
    expect(again.get('bp-1', 'place')).toBe('bed-1');
    expect(again.get('bp-2', 'patient')).toBeNull();
    second.close();
  });
});
