import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';

/** The device's end of a byte stream: what a port connects to a wire, or a test to a driver. */
export interface SimulatedStreamDevice {
  /** Switches it on; `write` sends to the gateway. */
  start(write: (bytes: Uint8Array) => void): void;
  receive(chunk: Uint8Array): void;
  /** Switches it off: nothing more is sent. What the device remembers stays. */
  stop(): void;
}

/** What every simulated device is made from. */
export interface DeviceWorld {
  readonly clock: Clock;
  readonly random: Random;
}
