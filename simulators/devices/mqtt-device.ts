import type { MqttDriver, MqttMessage } from '../../drivers/kit/contract.ts';
import { type Clock, every } from '../../model/clock.ts';

export interface MqttDeviceOptions<Message> {
  readonly driver: Pick<MqttDriver<Message>, 'encode'>;
  readonly address: string;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** What the device says at a moment; null: nothing this time (it sleeps, or its battery is dead). */
  message(atMs: number): Message | null;
  publish(message: MqttMessage): void;
}

/** A simulated device that publishes at once and then at an interval. Returns what switches it off. */
export const startMqttDevice = <Message>(options: MqttDeviceOptions<Message>): (() => void) => {
  const { driver, address, clock, intervalMs, message, publish } = options;
  const say = () => {
    const said = message(clock.now());
    if (said !== null) publish(driver.encode(said, address));
  };
  say();
  return every(clock, intervalMs, say);
};
