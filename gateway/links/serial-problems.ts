import { messageOf } from '../../model/errors.ts';
import { listPorts, type PortPlaces, systemPlaces } from './list-ports.ts';
import { type PortHolder, portHolders } from './port-holders.ts';
import type { Problem } from './problem.ts';

const named = (holders: readonly PortHolder[]): string =>
  holders
    .map(({ command, pid }) => (pid === process.pid ? 'another link of this gateway' : `${command} (process ${pid})`))
    .join(' and ');

/** What is seen of the machine when a port does not open. */
export interface PortSurroundings {
  holders(path: string): readonly PortHolder[];
  /** Paths of the ports there are. */
  ports(): readonly string[];
}

export const systemSurroundings = (places: PortPlaces = systemPlaces): PortSurroundings => ({
  holders: (path) => portHolders(path),
  ports: () => listPorts(places).map(({ path }) => path),
});

/**
 * What it means that a port does not open. serialport puts the system's message into a text, in English whatever the
 * locale; it carries no code.
 */
export const serialProblem = (error: unknown, path: string, around: PortSurroundings): Problem => {
  const text = messageOf(error);
  if (/no such file|no such device/i.test(text)) {
    const ports = around.ports();
    return {
      reason: `there is no port ${path}`,
      hint:
        ports.length === 0
          ? 'Plug the adapter in. No serial port is to be seen on this machine.'
          : `Plug the adapter in, or choose one of: ${ports.slice(0, 8).join(', ')}.`,
    };
  }
  if (/permission denied|not permitted/i.test(text)) {
    return {
      reason: `no permission to open ${path}`,
      hint: "Add the gateway's user to the group dialout (sudo usermod -aG dialout USER) and start the gateway again.",
    };
  }
  if (/cannot lock port|resource temporarily unavailable|busy/i.test(text)) {
    const holders = around.holders(path);
    return {
      reason: `${path} is busy${holders.length === 0 ? '' : `: open in ${named(holders)}`}`,
      hint:
        holders.length === 0
          ? 'A program of another user has the port open. Close it there: a port can serve one program only.'
          : 'Close it there: a port can serve one program only.',
    };
  }
  if (/inappropriate ioctl|not a serial port/i.test(text)) {
    return { reason: `${path} is not a serial port`, hint: 'Give the path of a port; see `wardwire ports`.' };
  }
  return { reason: `${path} does not open: ${text}`, hint: 'Check the cable and the line settings of the adapter.' };
};

export const unplugged = (path: string): Problem => ({
  reason: `${path} was unplugged`,
  hint: 'Plug the adapter in again: the link comes back by itself under the same name.',
});
