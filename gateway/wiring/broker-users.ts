import type { SiteConfig } from '../config/schema.ts';
import { type BrokerPolicy, usersOnly } from '../links/broker-policy.ts';
import type { Secrets } from './secrets.ts';

/** Who may publish to the embedded broker; null: anyone, on loopback. */
export const brokerPolicyOf = (site: SiteConfig, secrets: Secrets): BrokerPolicy | null => {
  const { users } = site.mqtt;
  if (users.length === 0) return null;
  return usersOnly(
    users.map(({ name, passwordEnv, publish }) => ({ name, password: secrets.variable(passwordEnv) ?? '', publish })),
  );
};
