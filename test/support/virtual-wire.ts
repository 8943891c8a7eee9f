import type { DeviceMemory, DriverSample, StreamDriver } from '../../drivers/kit/contract.ts';
import { createDialogue, type Delivery, type Dialogue } from '../../drivers/kit/dialogue.ts';
import type { SharedLine } from '../../drivers/kit/shared-line.ts';
import { supervise } from '../../drivers/kit/supervise.ts';
import { seededRandom } from '../../model/random.ts';
import type { VirtualClock } from '../../model/virtual-clock.ts';
import type { SimulatedStreamDevice } from '../../simulators/devices/simulated-device.ts';
import { defaultOptions } from './read-bytes.ts';

/** Lets everything that has been promised happen. Takes no time on any clock. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Moves the clock from task to task and lets promises follow, as they would in real time. */
export const advance = async (clock: VirtualClock, ms: number): Promise<void> => {
  const end = clock.now() + ms;
  await settle();
  for (let due = clock.nextDue; due !== null && due <= end; due = clock.nextDue) {
    clock.advanceTo(due);
    await settle();
  }
  clock.advanceTo(end);
  await settle();
};

export interface WireOptions {
  readonly clock: VirtualClock;
  readonly driver: StreamDriver;
  readonly device: SimulatedStreamDevice;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly memory?: DeviceMemory;
  readonly line?: SharedLine;
  /** Changes what the device sends: another delay, other bytes, or nothing (null). */
  fromDevice?(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly afterMs: number } | null;
}

const LATENCY_MS = 2;

/** A driver's session and a simulated device at the two ends of a line without length, and a store that keeps what is delivered. */
export const connectDevice = (setup: WireOptions) => {
  const { clock, driver, device } = setup;
  const deliveries: Delivery[] = [];
  const sent: Uint8Array[] = [];
  const progress: string[] = [];
  const failures: unknown[] = [];
  const faults: string[] = [];
  const junk: string[] = [];
  let memory: DeviceMemory = setup.memory ?? {};
  let storeFails = false;
  let running: { readonly controller: AbortController; readonly done: Promise<void> } | null = null;

  const dialogue: Dialogue = createDialogue({
    driver,
    clock,
    options: { ...defaultOptions(driver), ...setup.options },
    memory: () => memory,
    async write(bytes) {
      sent.push(bytes);
      clock.at(clock.now() + LATENCY_MS, () => device.receive(bytes));
    },
    async deliver(delivery) {
      await Promise.resolve();
      if (storeFails) throw new Error('the disk is full');
      deliveries.push(delivery);
      if (delivery.memory) memory = delivery.memory;
    },
    progress: (text) => progress.push(text),
    onFault: (fault) => faults.push(fault.code),
    onJunk: (_, reason) => junk.push(reason),
    ...(setup.line ? { line: setup.line } : {}),
  });

  return {
    deliveries,
    sent,
    progress,
    failures,
    faults,
    junk,
    dialogue,
    memory: () => memory,
    samples: (): readonly DriverSample[] => deliveries.flatMap(({ samples }) => samples),
    failStore(fails: boolean) {
      storeFails = fails;
    },
    /** The link comes up: the device is on, and the session is run again whenever it fails. */
    plug() {
      const controller = new AbortController();
      device.start((bytes) => {
        const changed = setup.fromDevice ? setup.fromDevice(bytes) : { bytes, afterMs: 0 };
        if (changed === null) return;
        clock.at(clock.now() + LATENCY_MS + changed.afterMs, () => {
          if (!controller.signal.aborted) dialogue.receive(changed.bytes, clock.now());
        });
      });
      const done = supervise(dialogue, {
        clock,
        random: seededRandom(1),
        signal: controller.signal,
        onFailure: (error) => failures.push(error),
      });
      running = { controller, done };
    },
    /** The cable is pulled. */
    async unplug() {
      device.stop();
      running?.controller.abort();
      dialogue.linkDown('unplugged');
      await running?.done;
      running = null;
    },
  };
};

export const valuesOf = (samples: readonly DriverSample[], metric: string): readonly (number | null)[] =>
  samples.flatMap((sample) => (sample.kind === 'numeric' && sample.metric === metric ? [sample.value] : []));

export const statusesOf = (samples: readonly DriverSample[], code: string): readonly (boolean | null)[] =>
  samples.flatMap((sample) => (sample.kind === 'status' && sample.code === code ? [sample.active] : []));
