import type { Driver } from '../drivers/kit/contract.ts';
import { generated, table } from './tables.ts';

const linkOf = (driver: Driver): string => {
  if (driver.wire === 'mqtt') return 'MQTT';
  const { baudRate, dataBits, parity, stopBits } = driver.serial;
  const line = `${baudRate} ${dataBits}${parity[0]?.toUpperCase()}${stopBits}`;
  return driver.wire === 'modbus' ? `Modbus unit ${driver.unitId}, ${line}` : `serial ${line}, or TCP`;
};

const silence = (ms: number | null): string => (ms === null ? 'speaks now and then' : `silent after ${ms / 1000} s`);

const section = (driver: Driver): string => {
  const options = Object.entries(driver.options);
  return [
    `## ${driver.title}`,
    `\`${driver.id}\` · ${driver.class} · ${linkOf(driver)} · ${silence(driver.silentAfterMs)} · clock: ${driver.clock}`,
    `Yields: ${driver.metrics.map((metric) => `\`${metric}\``).join(', ')}.`,
    options.length === 0
      ? ''
      : table(
          ['option', 'type', 'default', 'what it does'],
          options.map(([name, option]) => [
            `\`${name}\``,
            option.type,
            String(option.default ?? 'not set'),
            option.description,
          ]),
        ),
    driver.quirks.length === 0 ? '' : `Quirks:\n\n${driver.quirks.map((quirk) => `- ${quirk}`).join('\n')}`,
    table(
      ['fact', 'source', 'confidence'],
      driver.evidence.map(({ fact, source, confidence }) => [fact, source, confidence]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
};

/** Every driver and profile: what it needs, what it yields, and where each fact is from. */
export const driversPage = (drivers: readonly Driver[]): string =>
  generated(
    'Drivers and device profiles',
    [
      'Confidence: A, two sources or a published vector; B, one open implementation; C, to be confirmed with the maker’s manual.',
      table(
        ['id', 'device', 'class', 'link'],
        drivers.map((driver) => [`\`${driver.id}\``, driver.title, driver.class, linkOf(driver)]),
      ),
      ...drivers.map(section),
    ].join('\n\n'),
  );
