import type { DriverSample, ModbusDriver } from '../../drivers/kit/contract.ts';
import { after } from '../../model/clock.ts';
import { hasCode, messageOf } from '../../model/errors.ts';
import type { ModbusBus, RegisterReply } from '../links/contract.ts';
import { type DeviceHost, deliverFor } from './deliver.ts';
import { count, type DeviceRuntime, noteFault } from './device-runtime.ts';

export interface PollPlan {
  readonly unitId: number;
  readonly pollMs: number;
  /** First poll after this long, so that the devices of a bus do not all ask at once. */
  readonly phaseMs: number;
}

const concatenate = (replies: readonly RegisterReply[]): Uint8Array =>
  Buffer.concat(replies.map((reply) => reply.frame));

/** A value read just after the bus was quarantined might still be another register's answer. */
const questionable = (sample: DriverSample): DriverSample =>
  sample.kind === 'clock'
    ? sample
    : { ...sample, quality: 'questionable', reasons: [...(sample.reasons ?? []), 'after-late-reply'] };

/** Polls one device of a bus: all its blocks are one reading, or none is. Returns a function that stops it. */
export const startModbusDevice = (
  host: DeviceHost,
  device: DeviceRuntime,
  driver: ModbusDriver,
  bus: ModbusBus,
  plan: PollPlan,
): (() => void) => {
  const { clock } = host;
  let stopped = false;
  let cancel = () => {};

  const read = async (): Promise<void> => {
    count(device, 'polls');
    const replies: RegisterReply[] = [];
    for (const block of driver.blocks) replies.push(await bus.read(plan.unitId, block));
    const receivedAt = clock.now();
    const late = replies.some((reply) => reply.afterQuarantine);
    count(device, 'frames', replies.length);
    if (late) count(device, 'lateReplies');
    const samples = driver.decode(replies.map((reply) => reply.registers));
    await deliverFor(host, device, {
      frame: concatenate(replies),
      address: `unit ${plan.unitId}`,
      receivedAt,
      samples: late ? samples.map(questionable) : samples,
    });
  };

  const poll = async (planned: number): Promise<void> => {
    try {
      if (bus.report().state === 'up') await read();
    } catch (error) {
      if (hasCode(error, 'timeout')) count(device, 'timeouts');
      if (hasCode(error, 'exception')) count(device, 'exceptions');
      noteFault(device, clock, messageOf(error));
      if (!hasCode(error)) host.log('error', `poll failed: ${messageOf(error)}`, { device: device.id });
    }
    if (stopped) return;
    const missed = Math.ceil(Math.max(0, clock.now() - planned) / plan.pollMs);
    schedule(planned + Math.max(1, missed) * plan.pollMs);
  };

  const schedule = (at: number): void => {
    cancel = clock.at(at, () => void poll(at));
  };
  cancel = after(clock, plan.phaseMs, () => void poll(clock.now()));
  return () => {
    stopped = true;
    cancel();
  };
};
