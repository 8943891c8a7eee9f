import { describe, expect, it } from 'vitest';
import { Refusals } from '../../../gateway/access/refusals.ts';
import type { AuditEntry } from '../../../model/journal.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

const refusal = { who: 'unknown', role: null, target: 'GET /x', reason: 'not signed in', address: '10.0.0.9' };

describe('refusals', () => {
  it('are written one by one, until an address has too many in a minute; then how many more', () => {
    const clock = new VirtualClock(1000);
    const entries: AuditEntry[] = [];
    const refusals = new Refusals(clock, (entry) => entries.push(entry));
    for (let count = 0; count < 1000; count++) refusals.write(refusal);
    expect(entries).toHaveLength(60);
    refusals.write({ ...refusal, address: '10.0.0.10' });
    expect(entries).toHaveLength(61);
    clock.advanceBy(60_000);
    refusals.write(refusal);
    expect(entries.slice(61).map(({ reason }) => reason)).toEqual(['940 more within a minute', 'not signed in']);
    refusals.flush();
    expect(entries).toHaveLength(63);
  });

  it('of very many addresses take no more memory than of a thousand, and none is forgotten', () => {
    const entries: AuditEntry[] = [];
    const refusals = new Refusals(new VirtualClock(), (entry) => entries.push(entry));
    for (let address = 0; address < 1500; address++) refusals.write({ ...refusal, address: `10.0.${address}` });
    expect(entries).toHaveLength(1500);
  });
});
