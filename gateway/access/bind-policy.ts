import { isLoopback } from '../loopback.ts';

export interface BindRequest {
  readonly host: string;
  readonly tls: boolean;
  /** The site says in its configuration that patient data may go over this network in the clear. */
  readonly insecure: boolean;
}

export type BindVerdict =
  | { readonly ok: true; readonly warning: string | null }
  | { readonly ok: false; readonly code: 'bind-refused'; readonly message: string; readonly hint: string };

/** Whether the API may listen there: patient data leaves the machine only encrypted, or because the site says so. */
export const checkBind = ({ host, tls, insecure }: BindRequest): BindVerdict => {
  if (isLoopback(host) || tls) return { ok: true, warning: null };
  if (insecure) {
    return { ok: true, warning: `Patient data and passwords go over the network in the clear: ${host} without TLS.` };
  }
  return {
    ok: false,
    code: 'bind-refused',
    message: `The API does not listen on ${host} without TLS.`,
    hint: 'Give it a certificate and key (tls), listen on 127.0.0.1 behind a proxy that has them, or accept the risk with insecure: true.',
  };
};
