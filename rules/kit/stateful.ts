import { Observable, type OperatorFunction } from 'rxjs';
import type { Sample } from '../../model/sample.ts';
import type { RuleCondition } from './contract.ts';

/** The state of one rule instance: takes samples, says conditions. */
export interface Watcher {
  next(sample: Sample): void;
  /** Ends its timers. */
  stop(): void;
}

/**
 * An operator from a watcher with state and timers. What it throws ends this instance alone, as an error of its stream:
 * nothing reaches the source, which feeds others too.
 */
export const stateful =
  (build: (say: (condition: RuleCondition) => void) => Watcher): OperatorFunction<Sample, RuleCondition> =>
  (source) =>
    new Observable((subscriber) => {
      const watcher = build((condition) => subscriber.next(condition));
      const subscription = source.subscribe({
        next(sample) {
          try {
            watcher.next(sample);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      return () => {
        subscription.unsubscribe();
        watcher.stop();
      };
    });
