import type { StatusSample } from '../../model/sample.ts';

/** An unchanged status is let through again after this long, so that followers can tell "still so" from "gone". */
const REPEAT_MS = 60_000;

/** Lets through a device's status when it changes; monitors repeat theirs every second. */
export const createStatusFilter = () => {
  const last = new Map<string, { readonly state: string; readonly at: number }>();
  return (sample: StatusSample): boolean => {
    const key = `${sample.device}\n${sample.code}`;
    const state = `${sample.active}\n${sample.text}\n${sample.detail}\n${sample.patient}`;
    const previous = last.get(key);
    if (previous && previous.state === state && sample.receivedAt - previous.at < REPEAT_MS) return false;
    last.set(key, { state, at: sample.receivedAt });
    return true;
  };
};
