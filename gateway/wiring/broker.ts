import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import type { SiteConfig } from '../config/schema.ts';
import { EMBEDDED_BROKER } from '../config/sense.ts';
import type { BrokerPolicy } from '../links/broker-policy.ts';
import { type MqttBrokerLink, mqttBrokerLink } from '../links/mqtt-broker-link.ts';
import type { Secrets } from './secrets.ts';

export interface BrokerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
}

/** The embedded broker as the site wants it; null where it is turned off. It is not yet opened. */
export const buildBroker = (
  site: SiteConfig,
  ports: BrokerPorts,
  policy: BrokerPolicy | null,
): MqttBrokerLink | null => {
  if (!site.mqtt.enabled) return null;
  const { host, port, insecure } = site.mqtt;
  const { clock, random } = ports;
  return mqttBrokerLink({ id: EMBEDDED_BROKER, host, port, clock, random, insecure, ...(policy ? { policy } : {}) });
};
