import { messageOf } from '../../model/errors.ts';
import { type Problem, systemCode } from './problem.ts';
import { type SocketAddress, socketProblem } from './socket-problems.ts';

/** The reason code of a CONNACK or DISCONNECT, or null. mqtt.js puts it into `code`. */
export const reasonCode = (error: unknown): number | null => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'number' ? error.code : null;
};

/** CONNACK: MQTT 3.1.1, 3.2.2.3 (1 to 5), and MQTT 5, 3.2.2.2 (from 128). */
const refusals: Readonly<Record<number, { readonly reason: string; readonly hint: string | null }>> = {
  1: { reason: 'does not speak this version of MQTT', hint: 'Set version: 3.1.1 for this link.' },
  132: { reason: 'does not speak this version of MQTT', hint: 'Set version: 3.1.1 for this link.' },
  2: { reason: 'does not like the client id', hint: 'Set another clientId for this link.' },
  133: { reason: 'does not like the client id', hint: 'Set another clientId for this link.' },
  3: { reason: 'is not available', hint: null },
  136: { reason: 'is not available', hint: null },
  137: { reason: 'is busy', hint: null },
  4: { reason: 'refuses user name or password', hint: 'Correct username and passwordEnv of this link.' },
  134: { reason: 'refuses user name or password', hint: 'Correct username and passwordEnv of this link.' },
  5: { reason: 'refuses this client', hint: 'Set username and passwordEnv, or allow the client on the broker.' },
  135: { reason: 'refuses this client', hint: 'Set username and passwordEnv, or allow the client on the broker.' },
  138: { reason: 'has banned this client', hint: 'Lift the ban on the broker.' },
};

export const isVersionRefusal = (error: unknown): boolean => [1, 132].includes(reasonCode(error) ?? 0);

/** Why the broker did not take us. */
export const connectProblem = (error: unknown, address: SocketAddress): Problem => {
  const at = `${address.host}:${address.port}`;
  const code = reasonCode(error);
  if (code !== null) {
    const refusal = refusals[code];
    return { reason: `${at} ${refusal?.reason ?? `refuses the connection (${code})`}`, hint: refusal?.hint ?? null };
  }
  const system = systemCode(error) ?? '';
  if (/CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS/.test(system)) {
    return {
      reason: `no trusted connection to ${at}: ${messageOf(error)}`,
      hint: 'Set caFile to the certificate of the authority that signed the broker’s, and the host as it is written there.',
    };
  }
  if (/connack timeout/i.test(messageOf(error))) {
    return { reason: `${at} does not answer as an MQTT broker`, hint: 'Check port and scheme: mqtts:// is for TLS.' };
  }
  return socketProblem(error, address, 'the broker');
};

export const duplicateClientId = (clientId: string): Problem => ({
  reason: `another client with the id ${clientId} takes the connection over`,
  hint: 'Set a clientId of its own for this link, or stop the other gateway.',
});

/** 142: session taken over (MQTT 5, 3.14.2.1). */
export const SESSION_TAKEN_OVER = 142;
