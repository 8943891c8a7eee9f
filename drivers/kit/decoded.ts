import type { Decoded, DecodeFault } from './contract.ts';

export const decoded = <Message>(message: Message): Decoded<Message> => ({ ok: true, message });

export const fault = (code: DecodeFault['code'], detail: string): Decoded<never> => ({
  ok: false,
  fault: { code, detail },
});
