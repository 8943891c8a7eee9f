import type { Condition } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { SinkReport } from '../sinks/contract.ts';

/*
 * The gateway watches itself (promise 4): a sink that stands still, a ward that nobody watches, a rule that stopped are
 * alerts like any other.
 */

export interface SelfWatchPorts {
  readonly clock: Clock;
  sinks(): readonly SinkReport[];
  /** Screens that said within the last seconds that they are watched. */
  watchedScreens(): number;
  readonly simulated: boolean;
  onCondition(condition: Condition): void;
}

export interface SelfWatchSettings {
  /** How long a sink may fail before it is an alert. */
  readonly sinkGraceMs: number;
  /** How long a ward may be without a watched screen; null: not watched for (screens-and-alarms.md 1.6). */
  readonly unwatchedAfterMs: number | null;
}

export const defaultSelfWatch: SelfWatchSettings = { sinkGraceMs: 60_000, unwatchedAfterMs: null };

const VERSION = 1;

/** Call `check` every few seconds; it says a condition when it changes. */
export const createSelfWatch = (ports: SelfWatchPorts, settings: SelfWatchSettings = defaultSelfWatch) => {
  const failingSince = new Map<string, number>();
  const on = new Set<string>();
  let watchedAt = ports.clock.now();

  const say = (rule: string, id: string, holds: boolean, priority: Condition['priority'], message: string): void => {
    const key = `${rule}\n${id}`;
    if (holds === on.has(key)) return;
    if (holds) on.add(key);
    else on.delete(key);
    ports.onCondition({
      rule,
      ruleVersion: VERSION,
      code: rule,
      subject: { kind: 'device', id },
      device: null,
      state: holds ? 'on' : 'off',
      kind: 'technical',
      priority,
      latching: false,
      at: ports.clock.now(),
      message,
      metric: null,
      value: null,
      limit: null,
      samples: [],
      inhibits: [],
      simulated: ports.simulated,
    });
  };

  return {
    check(): void {
      const now = ports.clock.now();
      for (const sink of ports.sinks()) {
        if (sink.state === 'failing') failingSince.set(sink.id, failingSince.get(sink.id) ?? now);
        else failingSince.delete(sink.id);
        const since = failingSince.get(sink.id);
        const holds = since !== undefined && now - since >= settings.sinkGraceMs;
        say(
          'sink-failing',
          sink.id,
          holds,
          'low',
          `Store "${sink.id}" is not taking data; ${sink.behind} entries wait for it`,
        );
      }
      if (settings.unwatchedAfterMs === null) return;
      if (ports.watchedScreens() > 0) watchedAt = now;
      const unwatched = now - watchedAt >= settings.unwatchedAfterMs;
      say('unwatched', 'gateway', unwatched, 'medium', 'No screen is watching this ward');
    },
  };
};
