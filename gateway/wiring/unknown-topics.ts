import { readJson } from '../../drivers/kit/safe-json.ts';
import { messageOf } from '../../model/errors.ts';
import type { DeviceHost } from '../devices/deliver.ts';
import type { MqttLink } from '../links/contract.ts';

/** What was published to a topic of the generic profile that no device of the site has. */
export interface Stranger {
  readonly device: string;
  readonly topic: string;
  readonly messages: number;
  readonly lastAt: number;
}

/** Names remembered at most: what strangers send must not grow memory. */
const MOST = 200;

/**
 * Watches the topics of the generic profile for devices that the site does not know: a wrongly written name is the first
 * cause of "nothing arrives". Their messages are kept in quarantine and acknowledged, so that they block nothing.
 */
export const watchStrangers = (host: DeviceHost, link: MqttLink, isKnown: (topic: string) => boolean) => {
  const strangers = new Map<string, Stranger>();
  const stop = link.subscribe('wardwire/+/readings', async ({ topic, payload, receivedAt }) => {
    if (isKnown(topic)) return;
    const device = topic.split('/')[1] ?? '';
    const before = strangers.get(topic);
    if (before || strangers.size < MOST) {
      strangers.set(topic, { device, topic, messages: (before?.messages ?? 0) + 1, lastAt: receivedAt });
    }
    if (!before) host.log('warn', 'a device that the site does not know has published', { link: link.id });
    const readable = readJson(payload);
    try {
      await host.ingest.quarantine({
        device: null,
        link: link.id,
        address: topic,
        frame: payload,
        receivedAt,
        code: 'unknown-device',
        detail: readable.ok ? 'no device of the site has this topic' : readable.fault.detail,
      });
    } catch (error) {
      host.log('error', `could not be stored: ${messageOf(error)}`, { link: link.id });
      throw error;
    }
  });
  return { stop, list: (): readonly Stranger[] => [...strangers.values()] };
};
