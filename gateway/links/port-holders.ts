import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

const readOr = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/**
 * The processes that have a port open, as far as /proc shows them: those of other users only to root. Without lsof,
 * which a gateway seldom has.
 */
export const portHolders = (path: string, proc = '/proc'): readonly PortHolder[] => {
  const device = readOr(() => realpathSync(path), path);
  const holders: PortHolder[] = [];
  for (const pid of readOr(() => readdirSync(proc), [])) {
    if (!/^\d+$/.test(pid)) continue;
    const open = readOr(() => readdirSync(`${proc}/${pid}/fd`), []);
    if (!open.some((fd) => readOr(() => readlinkSync(`${proc}/${pid}/fd/${fd}`), '') === device)) continue;
    holders.push({ pid: Number(pid), command: readOr(() => readFileSync(`${proc}/${pid}/comm`, 'utf8').trim(), '?') });
  }
  return holders;
};
