import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pumpNearEnd } from '../../rules/pump-near-end.ts';
import { pumpRateMismatch } from '../../rules/pump-rate-mismatch.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric } from '../support/samples.ts';

const pump = { id: 'd1', class: 'infusion-pump', name: 'Pump 1', silentAfterMs: 30_000 } as const;
const context = { subject: { kind: 'device', id: 'd1' }, device: pump } as const;

describe('infusion near its end', () => {
  const watch = (raw = {}) => runRule(pumpNearEnd, { warnMinutes: 10, ...raw }, context);

  it('divides what is left by the rate', () => {
    const run = watch();
    run.give(numeric('infusion-rate', 0, 60), numeric('volume-remaining', 0, 11));
    run.give(numeric('volume-remaining', 60, 10));
    expect(run.lines()).toEqual(['0 infusion-near-end unknown', '0 infusion-near-end off', '60 infusion-near-end on']);
    expect(run.said.at(-1)).toMatchObject({
      priority: 'low',
      message: 'infusion ends in 10 min',
      value: 10,
      limit: 10,
    });
  });

  it('believes a pump that says itself how long it lasts', () => {
    const run = watch();
    run.give(numeric('infusion-time-remaining', 0, 9));
    expect(run.lines()).toEqual(['0 infusion-near-end on']);
  });

  it('uses the volume the site gives for a pump that says only rate and infused volume', () => {
    const run = watch({ volumes: { d1: 50 } });
    run.give(numeric('infusion-rate', 0, 60), numeric('infused-volume', 0, 39), numeric('infused-volume', 60, 40));
    expect(run.lines().slice(1)).toEqual(['0 infusion-near-end off', '60 infusion-near-end on']);
  });

  it('says that it cannot watch where nobody knows the volume', () => {
    const run = watch();
    run.give(numeric('infusion-rate', 0, 60), numeric('infused-volume', 0, 39));
    expect(run.lines()).toEqual(['0 infusion-near-end unknown']);
    expect(run.said[0]?.message).toContain('not watched');
  });

  it('holds when it has run out, and not when it stands still with something left', () => {
    const out = watch();
    out.give(numeric('volume-remaining', 0, 0), numeric('infusion-rate', 0, 0));
    expect(out.lines()).toEqual(['0 infusion-near-end on']);
    expect(out.said[0]?.message).toBe('infusion has ended');
    const still = watch();
    still.give(numeric('infusion-rate', 0, 0), numeric('volume-remaining', 0, 5));
    expect(still.lines().at(-1)).toBe('0 infusion-near-end off');
  });

  it('does not flutter around the limit', () => {
    const run = watch();
    run.give(...[10, 10.5, 10, 10.9, 11.5].map((minutes, i) => numeric('infusion-time-remaining', i, minutes)));
    expect(run.lines()).toEqual(['0 infusion-near-end on', '4 infusion-near-end off']);
  });

  it('is unknown again when the pump no longer says what it needs', () => {
    const run = watch();
    run.give(numeric('infusion-time-remaining', 0, 9), numeric('infusion-time-remaining', 1, null));
    expect(run.lines().at(-1)).toBe('1 infusion-near-end unknown');
  });
});

describe('infused volume against the rate', () => {
  const parameters = { tolerancePercent: 10, windowMinutes: 15 };
  const watch = () => runRule(pumpRateMismatch, parameters, context);

  /** Rate and volume every 5 s over so many minutes; the pump delivers `factor` times what it says. */
  const infuse = (rate: number, factor: number, minutes: number, from = 0, already = 0) =>
    Array.from({ length: minutes * 12 + 1 }, (_, i) => {
      const second = from + i * 5;
      const volume = already + (rate * factor * i * 5) / 3600;
      return [numeric('infusion-rate', second, rate), numeric('infused-volume', second, volume)];
    }).flat();

  it('agrees with a pump that delivers what it says', () => {
    const run = watch();
    run.give(...infuse(120, 1, 40));
    expect(run.lines()).toEqual(['900 pump-rate-mismatch off']);
  });

  it('says so where more than 10 % is missing after 15 min, and not before', () => {
    const run = watch();
    run.give(...infuse(120, 0.85, 16));
    expect(run.lines()).toEqual(['900 pump-rate-mismatch on']);
    expect(run.said[0]).toMatchObject({
      kind: 'technical',
      message: 'infused 25.5 mL in 15 min, the rate says 30.0 mL',
    });
  });

  it('sees a pump that says 0 and delivers', () => {
    const run = watch();
    run.give(...infuse(0, 1, 1), ...infuse(120, 1, 15, 65).filter(({ metric }) => metric === 'infused-volume'));
    expect(run.lines().at(-1)).toBe('900 pump-rate-mismatch on');
  });

  it('tolerates less than 10 %, and what is within the counter’s resolution', () => {
    const near = watch();
    near.give(...infuse(120, 0.92, 20));
    expect(near.lines()).toEqual(['900 pump-rate-mismatch off']);
    const slow = watch();
    slow.give(...infuse(1, 0.5, 20));
    expect(slow.lines()).toEqual(['900 pump-rate-mismatch off']);
  });

  it('begins again when the counter was cleared, and says that it does not know meanwhile', () => {
    const run = watch();
    run.give(...infuse(120, 0.5, 16), ...infuse(120, 1, 16, 16 * 60 + 5));
    expect(run.lines()).toEqual([
      '900 pump-rate-mismatch on',
      '965 pump-rate-mismatch unknown',
      '1865 pump-rate-mismatch off',
    ]);
  });

  it('compares nothing across a gap', () => {
    const run = watch();
    run.give(...infuse(120, 1, 14), ...infuse(120, 1, 14, 14 * 60 + 600, 28));
    expect(run.lines()).toEqual([]);
  });

  it('never accuses a pump that delivers what it says, whatever the rates', () => {
    const course = fc.array(
      fc.record({ rate: fc.integer({ min: 0, max: 1200 }), minutes: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 3,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(course, (parts) => {
        const run = watch();
        let second = 0;
        let volume = 0;
        for (const { rate, minutes } of parts) {
          run.give(...infuse(rate, 1, minutes, second, volume));
          second += minutes * 60;
          volume += (rate * minutes) / 60;
        }
        expect(run.said.filter(({ state }) => state === 'on')).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
