import type { Clock } from '../../model/clock.ts';
import { type DeviceRuntime, healthOf } from '../devices/device-runtime.ts';

/** The age of a device's last sample is told at least this often while it changes. */
const AGE_MS = 5000;

/** Looks at every device and tells screens of those that changed: state, reason, link, progress, and now and then the age. */
export const createDeviceWatch = (devices: readonly DeviceRuntime[], clock: Clock, tell: (device: string) => void) => {
  const last = new Map<string, { readonly face: string; readonly sampleAt: number | null; readonly at: number }>();
  return {
    check(): void {
      const now = clock.now();
      for (const device of devices) {
        const { state, why } = healthOf(device, now);
        const face = `${state}\n${why}\n${device.link.report().state}\n${device.progress}`;
        const before = last.get(device.id);
        const isOld = before !== undefined && before.sampleAt !== device.lastSampleAt && now - before.at >= AGE_MS;
        if (before?.face === face && !isOld) continue;
        last.set(device.id, { face, sampleAt: device.lastSampleAt, at: now });
        tell(device.id);
      }
    },
  };
};
