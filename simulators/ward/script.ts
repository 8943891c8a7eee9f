import type { Clock } from '../../model/clock.ts';
import type { Bodies } from './bodies.ts';
import type { Stores } from './stores.ts';

/** One thing that happens in the ward. */
export interface ScriptLine {
  /** Seconds since the ward was made. */
  readonly atSeconds: number;
  /** Id of the place. */
  readonly place: string;
  /** For people. */
  readonly what: string;
}

interface Scene extends ScriptLine {
  /** What hands do. Absent: the course of a patient, which is set from the start. */
  readonly happen?: (bodies: Bodies, stores: Stores, atMs: number) => void;
}

const scenes: readonly Scene[] = [
  { atSeconds: 18, place: 'bed-3', what: 'Heart rate rises beyond 120 /min, saturation begins to fall' },
  {
    atSeconds: 20,
    place: 'bed-4',
    what: 'The line of the infusion pump is kinked: pressure rises',
    happen: ({ pumps }, _, atMs) => pumps[4].occlude(atMs, true),
  },
  {
    atSeconds: 30,
    place: 'medicines-refrigerator',
    what: 'The door is left open: above 8 °C within a minute',
    happen: (_, { refrigerator }, atMs) => refrigerator.change(atMs, { doorOpen: true }),
  },
  { atSeconds: 45, place: 'bed-6', what: 'The glucose meter measures a critically low value' },
  { atSeconds: 61, place: 'bed-4', what: 'The infusion pump stops with an occlusion alarm' },
  { atSeconds: 60, place: 'bed-3', what: 'Saturation falls below 90 %' },
  {
    atSeconds: 75,
    place: 'bed-5',
    what: 'An EKG electrode comes off',
    happen: ({ patients }, _, atMs) => patients[5].change(atMs, { leadOff: true }),
  },
  { atSeconds: 90, place: 'bed-3', what: 'Heart rate rises beyond 140 /min' },
  {
    atSeconds: 135,
    place: 'bed-5',
    what: 'The electrode is put back',
    happen: ({ patients }, _, atMs) => patients[5].change(atMs, { leadOff: false }),
  },
  {
    atSeconds: 180,
    place: 'medicines-refrigerator',
    what: 'The door is closed: it cools down again',
    happen: (_, { refrigerator }, atMs) => refrigerator.change(atMs, { doorOpen: false }),
  },
  {
    atSeconds: 240,
    place: 'bed-4',
    what: 'The line is freed and the infusion goes on',
    happen: ({ pumps }, _, atMs) => {
      pumps[4].occlude(atMs, false);
      pumps[4].start(atMs);
    },
  },
  { atSeconds: 330, place: 'bed-6', what: 'The glucose meter measures again' },
  { atSeconds: 360, place: 'bed-3', what: 'Treated: heart rate and saturation recover over three minutes' },
];

/** What happens and when, in order. */
export const script: readonly ScriptLine[] = [...scenes]
  .sort((a, b) => a.atSeconds - b.atSeconds)
  .map(({ atSeconds, place, what }) => ({ atSeconds, place, what }));

/** Makes it happen from `startMs` on; returns what stops it. A late timer does not move what happens. */
export const play = (clock: Clock, startMs: number, bodies: Bodies, stores: Stores): (() => void) => {
  const cancels = scenes.flatMap(({ atSeconds, happen }) => {
    if (!happen) return [];
    const atMs = startMs + atSeconds * 1000;
    return [clock.at(atMs, () => happen(bodies, stores, atMs))];
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
};
