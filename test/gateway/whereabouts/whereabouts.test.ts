import { describe, expect, it } from 'vitest';
import { AssociationTable } from '../../../gateway/records/associations.ts';
import { createWhereabouts } from '../../../gateway/whereabouts/whereabouts.ts';
import { CodedError } from '../../../model/errors.ts';
import type { JournalEntry } from '../../../model/journal.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

const NOON = Date.UTC(2026, 0, 5, 12, 0, 30);
const onPatient = (id: string) => ({
  device: 'bp-1',
  subject: { kind: 'patient', id } as const,
  from: null,
  to: null,
  reason: null,
});

const make = () => {
  const clock = new VirtualClock(NOON);
  const table = new AssociationTable();
  const entries: JournalEntry[] = [];
  /** Who the rules and screens were told the device is with, at each change. */
  const told: (string | null)[] = [];
  const state = { full: false };
  const whereabouts = createWhereabouts({
    clock,
    table,
    journal: {
      append: async (entry) => {
        if (state.full) throw new CodedError('journal-full', 'The disk is full.');
        return entries.push(entry);
      },
    },
    onChange: (device) => told.push(table.subjectAt(device, clock.now()).patient),
  });
  return { clock, table, entries, told, state, whereabouts };
};

describe('where a device is', () => {
  it('is in force at once, told, and journaled with who said so and why', async () => {
    const { table, entries, told, whereabouts } = make();
    const made = whereabouts.associate({ ...onPatient('p1'), reason: 'admitted' }, 'nora');
    expect(table.subjectAt('bp-1', NOON).patient).toBe('p1');
    const association = await made;
    expect(told).toEqual(['p1']);
    expect(entries).toEqual([{ type: 'association', at: NOON, by: 'nora', reason: 'admitted', association }]);
  });

  it('is taken back, and told again, where the journal cannot keep it', async () => {
    const { table, entries, told, state, whereabouts } = make();
    state.full = true;
    await expect(whereabouts.associate(onPatient('p1'), 'nora')).rejects.toMatchObject({ code: 'journal-full' });
    expect(table.list({ device: 'bp-1' })).toEqual([]);
    expect(told).toEqual(['p1', null]);
    expect(entries).toEqual([]);
  });

  it('stays with the patient where the end of it cannot be kept', async () => {
    const { clock, table, entries, told, state, whereabouts } = make();
    const association = await whereabouts.associate(onPatient('p1'), 'nora');
    clock.advanceBy(60_000);
    state.full = true;
    await expect(whereabouts.end(association.id, null, 'nora', null)).rejects.toMatchObject({ code: 'journal-full' });
    expect(table.get(association.id)).toEqual(association);
    expect(told).toEqual(['p1', null, 'p1']);
    state.full = false;
    const ended = await whereabouts.end(association.id, null, 'nora', 'discharged');
    expect(ended).toEqual({ ...association, to: clock.now() });
    expect(table.subjectAt('bp-1', clock.now()).patient).toBeNull();
    expect(entries.at(-1)).toMatchObject({ by: 'nora', reason: 'discharged', association: ended });
  });

  it('refuses a beginning in the future and a second patient, and tells nobody', async () => {
    const { told, entries, whereabouts } = make();
    await expect(whereabouts.associate({ ...onPatient('p1'), from: NOON + 60_001 }, 'nora')).rejects.toMatchObject({
      code: 'association-invalid',
    });
    await whereabouts.associate(onPatient('p1'), 'nora');
    await expect(whereabouts.associate(onPatient('p2'), 'nora')).rejects.toMatchObject({
      code: 'association-conflict',
    });
    expect(told).toEqual(['p1']);
    expect(entries).toHaveLength(1);
  });
});
