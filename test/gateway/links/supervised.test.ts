import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectError, type Problem } from '../../../gateway/links/problem.ts';
import { type AttemptContext, type Connection, supervise } from '../../../gateway/links/supervised.ts';
import type { LinkReport } from '../../../model/device.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { settle } from '../../support/settle.ts';

const gone: Problem = { reason: 'unplugged', hint: 'plug it in' };

const setUp = (outcomes: readonly ('ok' | 'fail' | 'lost-early')[], seed = 1) => {
  const clock = new VirtualClock();
  const made: { context: AttemptContext; closed: number }[] = [];
  let attempts = 0;
  const link = supervise<Connection>({
    id: 'link-1',
    clock,
    random: seededRandom(seed),
    async connect(context) {
      const outcome = outcomes[attempts++] ?? 'ok';
      if (outcome === 'fail') throw connectError({ reason: 'refused', hint: 'switch it on' });
      const own = { context, closed: 0 };
      made.push(own);
      if (outcome === 'lost-early') context.lost(gone);
      return {
        advice: null,
        async close() {
          own.closed++;
        },
      };
    },
  });
  const reports: LinkReport[] = [];
  link.onReport((report) => reports.push(report));
  return { clock, link, made, reports, attempts: () => attempts };
};

describe('a supervised link', () => {
  it('says why it is down with what to do, counts attempts, and comes up', async () => {
    const { clock, link, reports } = setUp(['fail', 'fail']);
    link.open();
    await settle();
    expect(link.report()).toMatchObject({ state: 'down', reason: 'refused', hint: 'switch it on', attempts: 1 });
    await settle(clock, 60_000);
    expect(reports.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      'connecting 0',
      'down 1',
      'down 2',
      'up 0',
    ]);
    expect(link.report()).toMatchObject({ state: 'up', reason: null, hint: null });
  });

  it('keeps the moment of the last change of state while attempts fail', async () => {
    const { clock, link } = setUp(['fail', 'fail', 'fail', 'fail']);
    link.open();
    await settle();
    const { since } = link.report();
    await settle(clock, 1000);
    expect(link.report()).toMatchObject({ state: 'down', since });
    expect(link.report().attempts).toBeGreaterThan(1);
  });

  it('connects anew after a loss and closes what was lost', async () => {
    const { clock, link, made } = setUp([]);
    link.open();
    await settle();
    made[0]?.context.lost(gone);
    expect(link.report()).toMatchObject({ state: 'down', reason: 'unplugged', hint: 'plug it in' });
    await settle(clock, 60_000);
    expect(link.report().state).toBe('up');
    expect(made.map(({ closed }) => closed)).toEqual([1, 0]);
    made[0]?.context.lost(gone);
    expect(link.report().state).toBe('up');
  });

  it('treats a connection that was lost before it stood as lost', async () => {
    const { clock, link, made } = setUp(['lost-early']);
    link.open();
    await settle();
    expect(link.report()).toMatchObject({ state: 'down', reason: 'unplugged' });
    expect(made[0]?.closed).toBe(1);
    await settle(clock, 60_000);
    expect(link.report().state).toBe('up');
  });

  it('stays closed once it is closed, even while it connects', async () => {
    const { clock, link, made, attempts } = setUp([]);
    link.open();
    const closed = link.close();
    await closed;
    await settle(clock, 600_000);
    expect(link.report()).toMatchObject({ state: 'down', reason: 'closed' });
    expect(attempts()).toBe(1);
    expect(made.map(({ closed: times }) => times)).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  it('always comes back, whatever fails in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.constantFrom('ok' as const, 'fail' as const, 'lost-early' as const), { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 6 }),
        async (seed, outcomes, losses) => {
          const { clock, link, made } = setUp(outcomes, seed);
          link.open();
          for (const wait of losses) {
            await settle(clock, wait);
            made.at(-1)?.context.lost(gone);
          }
          await settle(clock, 1_000_000);
          expect(link.report().state).toBe('up');
          expect(made.filter(({ closed }) => closed === 0)).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
