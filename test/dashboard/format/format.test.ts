import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverage, hexBytes, printable } from '../../../dashboard/format/bytes.ts';
import { reasonWords } from '../../../dashboard/format/reasons.ts';
import { age, ago, elapsed, yearsOld } from '../../../dashboard/format/time.ts';
import { showNumber, showReading } from '../../../dashboard/format/value.ts';
import { reading } from '../../support/dashboard-ward.ts';

describe('spans of time', () => {
  it('counts an alarm in minutes and seconds, then hours, then days', () => {
    expect(elapsed(42_000)).toBe('0:42');
    expect(elapsed(725_000)).toBe('12:05');
    expect(elapsed(4_325_000)).toBe('1:12:05');
    expect(elapsed(49 * 3600_000)).toBe('2 d 1 h');
    expect(elapsed(-5)).toBe('0:00');
  });

  it('gives ages as short as they can be', () => {
    expect(age(9_400)).toBe('9 s');
    expect(age(9 * 60_000)).toBe('9 min');
    expect(age(185 * 60_000)).toBe('3 h 5 min');
    expect(age(50 * 3600_000)).toBe('2 d');
    expect(ago(400)).toBe('just now');
    expect(ago(3000)).toBe('3 s ago');
  });

  it('counts whole years, not begun ones', () => {
    const now = Date.UTC(2026, 10, 26, 12);
    expect(yearsOld('1954-11-26', now)).toBe(72);
    expect(yearsOld('1954-11-28', now)).toBe(71);
    expect(yearsOld(null, now)).toBeNull();
    expect(yearsOld('unknown', now)).toBeNull();
  });
});

describe('showing a reading', () => {
  it('never makes a number of what is invalid or missing', () => {
    const quality = fc.constantFrom('invalid' as const, 'missing' as const);
    fc.assert(
      fc.property(quality, fc.option(fc.double({ noNaN: true }), { nil: null }), (bad, value) => {
        const shown = showReading(reading('heart-rate', value, { quality: bad, reasons: ['lead-off'] }), 0);
        expect(shown.text).toBe('---');
        expect(shown.valid).toBe(false);
        expect(shown.note).toBe('lead off');
      }),
    );
  });

  it('says something even where the gateway gives no reason', () => {
    expect(showReading(reading('heart-rate', null, { quality: 'missing' }), 0).note).toBe('no value');
  });

  it('keeps a meter’s LO and HI as bounds', () => {
    const shown = showReading(reading('glucose', 20, { comparator: '<' }), 0);
    expect(shown).toMatchObject({ text: '<20', note: 'LO', valid: true });
  });

  it('marks what is questionable and says why', () => {
    const shown = showReading(reading('spo2', 88, { quality: 'questionable', reasons: ['implausible'] }), 0);
    expect(shown).toMatchObject({ text: '88', doubtful: true, note: 'not plausible' });
  });

  it('does not doubt a value because its clock was corrected', () => {
    expect(reasonWords(['clock-corrected', 'simulated'])).toBe('');
  });

  it('shows limits without needless zeros', () => {
    expect(showNumber(38, { precision: 1 })).toBe('38');
    expect(showNumber(38.5, { precision: 0 })).toBe('38.5');
    expect(showNumber(null, { precision: 0 })).toBe('');
  });
});

describe('raw bytes', () => {
  it('reads hex with and without spaces', () => {
    expect(hexBytes('0a 1F')).toEqual(['0A', '1F']);
    expect(hexBytes('0a1f')).toEqual(['0A', '1F']);
    expect(printable('41')).toBe('A');
    expect(printable('0A')).toBe('·');
  });

  it('gives each byte to the narrowest annotation over it', () => {
    expect(
      coverage(6, [
        { from: 0, to: 6 },
        { from: 2, to: 4 },
        { from: 5, to: 99 },
      ]),
    ).toEqual([0, 0, 1, 1, 0, 0]);
    expect(coverage(2, [])).toEqual([-1, -1]);
  });

  it('never annotates a byte outside its range', () => {
    const range = fc.record({ from: fc.integer({ min: -5, max: 40 }), to: fc.integer({ min: -5, max: 40 }) });
    fc.assert(
      fc.property(fc.array(range), (annotations) => {
        coverage(32, annotations).forEach((owner, at) => {
          const inside = annotations.map(({ from, to }) => from <= at && at < to);
          expect(owner === -1 ? inside.includes(true) : !inside[owner]).toBe(false);
        });
      }),
    );
  });
});
