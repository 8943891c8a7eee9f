import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A serial port of this machine. */
export interface SerialPortInfo {
  /** What to write into the configuration: the stable name where there is one. */
  readonly path: string;
  /** The name the kernel gave it, e.g. `/dev/ttyUSB0`. */
  readonly device: string;
  /** Stable names, best first; empty where there is none. */
  readonly stable: readonly string[];
}

/** Where to look; tests look elsewhere. */
export interface PortPlaces {
  readonly dev: string;
  readonly byId: string;
  readonly byPath: string;
}

export const systemPlaces: PortPlaces = {
  dev: '/dev',
  byId: '/dev/serial/by-id',
  byPath: '/dev/serial/by-path',
};

/** Real serial hardware: USB adapters, on-board UARTs, embedded boards. Consoles (tty0 …) and ptys are none. */
const isSerialName = (name: string): boolean => /^tty(USB|ACM|S|AMA|O|PS|mxc|UL|XRUSB|THS)\d+$/.test(name);

const entries = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
};

const target = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
};

const stableNames = (places: PortPlaces): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, string[]>();
  for (const folder of [places.byId, places.byPath]) {
    for (const name of entries(folder)) {
      const device = target(join(folder, name));
      if (device === null) continue;
      const known = names.get(device) ?? [];
      known.push(join(folder, name));
      names.set(device, known);
    }
  }
  return names;
};

/**
 * The serial ports there are. SerialPort.list() is not used: it ends the process where udevadm is missing
 * (toolchain.md C5).
 */
export const listPorts = (places: PortPlaces = systemPlaces): readonly SerialPortInfo[] => {
  const stable = stableNames(places);
  const devices = new Set(stable.keys());
  for (const name of entries(places.dev)) if (isSerialName(name)) devices.add(join(places.dev, name));
  return [...devices]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((device) => {
      const names = stable.get(device) ?? [];
      return { path: names[0] ?? device, device, stable: names };
    });
};

/** The stable name of a port given by its kernel name; null where it has none or is given by it already. */
export const stableNameOf = (path: string, places: PortPlaces = systemPlaces): string | null => {
  if (path.startsWith(places.byId) || path.startsWith(places.byPath)) return null;
  const device = target(path);
  return device === null ? null : (stableNames(places).get(device)?.[0] ?? null);
};

/**
 * Which thing stands behind a path now, or null. It changes when an adapter is plugged in again while we hold the old
 * one open, since the kernel then gives it another number.
 */
export const identityOf = (path: string): string | null => {
  try {
    const { ino, rdev } = statSync(path);
    return `${realpathSync(path)} ${ino} ${rdev}`;
  } catch {
    return null;
  }
};
