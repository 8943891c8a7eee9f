import { messageOf } from '../../model/errors.ts';
import { type Problem, systemCode } from './problem.ts';

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** What a network error means for the person in front of the cabinet. `what`: e.g. `the serial device server`. */
export const socketProblem = (error: unknown, { host, port }: SocketAddress, what: string): Problem => {
  const at = `${host}:${port}`;
  switch (systemCode(error)) {
    case 'ECONNREFUSED':
      return {
        reason: `${at} refuses the connection`,
        hint: `Check that ${what} at ${host} is switched to TCP server and listens on port ${port}.`,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return {
        reason: `${at} does not answer`,
        hint: `Check power and network of ${what} at ${host}, and that no firewall is in between.`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        reason: `the name ${host} is not known`,
        hint: 'Check the spelling of the host, or write its IP address.',
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        reason: `${at} reset the connection`,
        hint: `Another program may have taken it over, or ${what} restarted. Many allow only one client at a time.`,
      };
    default:
      return { reason: `${at}: ${messageOf(error)}`, hint: null };
  }
};

export const connectTimeout = (address: SocketAddress, ms: number, what: string): Problem => ({
  ...socketProblem({ code: 'ETIMEDOUT' }, address, what),
  reason: `${address.host}:${address.port} did not answer within ${ms / 1000} s`,
});

/** `heldMs`: how long the connection had stood. */
export const closedByPeer = ({ host, port }: SocketAddress, heldMs: number, what: string): Problem =>
  heldMs < 2000
    ? {
        reason: `${host}:${port} closed the connection at once`,
        hint: `Many device servers allow one client only: see whether another program is connected to ${what}.`,
      }
    : { reason: `${host}:${port} closed the connection`, hint: `Check ${what} at ${host}: it may have restarted.` };
