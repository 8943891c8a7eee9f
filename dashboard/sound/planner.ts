import type { ApiAlert } from '../../model/api.ts';
import { type Audible, burstSeconds, bursts } from './bursts.ts';

/** One cause of sound: an alert that nobody has taken, or this screen being cut off. */
export interface SoundCause {
  readonly id: string;
  readonly priority: Audible;
}

/** What was last played, to decide what comes next. */
export interface SoundPlan {
  readonly startedAt: number;
  readonly priority: Audible | null;
  readonly heard: ReadonlySet<string>;
}

export const silence: SoundPlan = { startedAt: 0, priority: null, heard: new Set() };

const order: Readonly<Record<Audible, number>> = { high: 0, medium: 1, low: 2 };

/** Alerts that sound: nobody has them, nothing inhibits them, and no pause runs. */
export const soundCauses = (alerts: Iterable<ApiAlert>, now: number): readonly SoundCause[] => {
  const causes: SoundCause[] = [];
  for (const alert of alerts) {
    const calls = alert.state === 'unacknowledged' || alert.state === 'latched-unacknowledged';
    const paused = alert.audioPausedUntil !== null && Date.parse(alert.audioPausedUntil) > now;
    if (calls && !paused && alert.inhibitedBy.length === 0 && alert.priority !== 'information') {
      causes.push({ id: alert.id, priority: alert.priority });
    }
  }
  return causes;
};

/**
 * Whether to start a burst now, and the plan from here on. The most urgent cause speaks; a more urgent one breaks in at
 * once, a new one of the same urgency as soon as the burst that runs has ended.
 */
export const nextBurst = (
  plan: SoundPlan,
  causes: readonly SoundCause[],
  now: number,
): { readonly play: Audible | null; readonly plan: SoundPlan } => {
  const worst = causes.reduce<Audible | null>(
    (found, cause) => (found === null || order[cause.priority] < order[found] ? cause.priority : found),
    null,
  );
  if (worst === null) return { play: null, plan: silence };
  const sounding = new Set(causes.filter((cause) => cause.priority === worst).map((cause) => cause.id));
  const since = (now - plan.startedAt) / 1000;
  const rises = plan.priority === null || order[worst] < order[plan.priority];
  const isNew = [...sounding].some((id) => !plan.heard.has(id));
  const due = since >= bursts[worst].everySeconds;
  const ended = plan.priority === null || since >= burstSeconds(bursts[plan.priority]);
  if (rises || (ended && (due || isNew))) {
    return { play: worst, plan: { startedAt: now, priority: worst, heard: sounding } };
  }
  return { play: null, plan };
};
