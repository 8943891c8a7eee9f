import type { SerialSettings } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import type { LinkConfig } from '../config/schema.ts';
import type { ByteLink, Link, ModbusBus, MqttLink } from '../links/contract.ts';
import { modbusRtuBus } from '../links/modbus-rtu.ts';
import { modbusTcpBus } from '../links/modbus-tcp.ts';
import { mqttClientLink } from '../links/mqtt-client-link.ts';
import { serialLink } from '../links/serial-link.ts';
import { tcpLink } from '../links/tcp-link.ts';
import type { Secrets } from './secrets.ts';

export type AnyLink = ByteLink | ModbusBus | MqttLink;

export interface LinkPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly site: string;
}

type SerialOverrides = { readonly [Key in keyof SerialSettings]?: SerialSettings[Key] | undefined };

/** What the driver says, except where the site says otherwise. */
const settingsOf = (driver: SerialSettings, site: SerialOverrides): SerialSettings => ({
  baudRate: site.baudRate ?? driver.baudRate,
  dataBits: site.dataBits ?? driver.dataBits,
  parity: site.parity ?? driver.parity,
  stopBits: site.stopBits ?? driver.stopBits,
});

/** Leaves out what is not given. */
const present = <Name extends string>(values: Readonly<Record<Name, string | null>>): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<Record<Name, string>>;

/** Builds a link from its configuration. `serial` is what the driver of its first device needs. It is not yet opened. */
export const buildLink = (id: string, config: LinkConfig, serial: SerialSettings, ports: LinkPorts): AnyLink => {
  const { clock, random, secrets } = ports;
  switch (config.type) {
    case 'serial':
      return serialLink({ id, path: config.path, settings: settingsOf(serial, config), clock, random });
    case 'tcp':
      return tcpLink({ id, host: config.host, port: config.port, clock, random });
    case 'modbus-rtu': {
      const settings = settingsOf(serial, config);
      const link: ByteLink =
        config.path === undefined
          ? tcpLink({ id, host: config.host ?? '', port: config.port ?? 0, clock, random })
          : serialLink({ id, path: config.path, settings, clock, random });
      const { timeoutMs, maxReplyMs } = config;
      return modbusRtuBus({ id, link, serial: settings, clock, timeoutMs, maxReplyMs });
    }
    case 'modbus-tcp': {
      const link = tcpLink({ id, host: config.host, port: config.port, clock, random, what: 'the Modbus device' });
      return modbusTcpBus({ id, link, clock, timeoutMs: config.timeoutMs });
    }
    case 'mqtt':
      return mqttClientLink({
        id,
        url: config.url,
        version: config.version,
        clientId: config.clientId ?? `wardwire-${ports.site}-${id}`,
        clock,
        random,
        ...present({
          username: config.username ?? null,
          password: secrets.variable(config.passwordEnv),
          ca: secrets.file(config.caFile),
          cert: secrets.file(config.certFile),
          key: secrets.file(config.keyFile),
        }),
      });
  }
};

export const isKind = <Kind extends AnyLink['kind']>(
  link: Link,
  kind: Kind,
): link is Extract<AnyLink, { readonly kind: Kind }> => 'kind' in link && link.kind === kind;
