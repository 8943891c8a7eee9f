import type { Driver } from '../../drivers/kit/contract.ts';
import { isLoopback } from '../loopback.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { DeviceConfig, LinkConfig, SiteConfig } from './schema.ts';
import type { YamlDocument } from './yaml-document.ts';

/** The embedded broker's name as a link. */
export const EMBEDDED_BROKER = 'mqtt';

const linkTypesOf: Readonly<Record<Driver['wire'], readonly LinkConfig['type'][]>> = {
  stream: ['serial', 'tcp'],
  modbus: ['modbus-rtu', 'modbus-tcp'],
  mqtt: ['mqtt'],
};

const didYouMean = (word: string, words: Iterable<string>): string => {
  const found = nearest(word, words);
  return found === null ? '' : `; did you mean "${found}"?`;
};

/** What the schema cannot see: references, doubles, and settings that would not work or not be safe. */
export const senseProblems = (
  site: SiteConfig,
  document: YamlDocument,
  findDriver: (id: string) => Driver | null,
  driverIds: readonly string[],
): Problem[] => {
  const problems: Problem[] = [];
  const say: YamlDocument['problem'] = (path, message, options) => {
    const problem = document.problem(path, message, options);
    problems.push(problem);
    return problem;
  };

  const unique = (list: 'places' | 'patients' | 'devices' | 'sinks'): void => {
    const seen = new Set<string>();
    for (const [index, { id }] of site[list].entries()) {
      if (seen.has(id)) say([list, index, 'id'], `"${id}" is used twice in ${list}`);
      seen.add(id);
    }
  };
  for (const list of ['places', 'patients', 'devices', 'sinks'] as const) unique(list);

  const placeIds = new Set(site.places.map((place) => place.id));
  const checkPlace = (path: readonly (string | number)[], place: string | undefined): void => {
    if (place !== undefined && !placeIds.has(place)) {
      say(path, `there is no place "${place}"${didYouMean(place, placeIds)}`, { hint: 'declare it under `places:`' });
    }
  };

  const beds = new Map<string, string>();
  for (const [index, patient] of site.patients.entries()) {
    checkPlace(['patients', index, 'place'], patient.place);
    if (patient.place === undefined) continue;
    const other = beds.get(patient.place);
    if (other !== undefined) say(['patients', index, 'place'], `"${other}" is already in "${patient.place}"`);
    beds.set(patient.place, patient.id);
  }

  const ports = new Map<string, string>();
  for (const [id, link] of Object.entries(site.links)) {
    if (id === EMBEDDED_BROKER) say(['links', id], '"mqtt" names the embedded broker; give this link another name');
    const port = portOf(link);
    if (port !== null) {
      const other = ports.get(port);
      if (other !== undefined) {
        say(['links', id], `"${other}" already uses ${port}`, {
          hint: 'one link owns a port; put all its devices on that link',
        });
      }
      ports.set(port, id);
    }
    if (link.type === 'modbus-rtu' && (link.path === undefined) === (link.host === undefined)) {
      say(['links', id], 'give either `path` (a serial port) or `host` and `port` (RTU over TCP)');
    }
    if (link.type === 'modbus-rtu' && link.host !== undefined && link.port === undefined) {
      say(['links', id], '`host` needs `port`');
    }
    if ('path' in link && link.path !== undefined && /^\/dev\/tty(USB|ACM)\d+$/.test(link.path)) {
      say(['links', id, 'path'], `${link.path} may name another adapter after the next restart`, {
        severity: 'warning',
        hint: 'use its stable name: ls -l /dev/serial/by-id',
      });
    }
  }

  checkDevices(site, findDriver, driverIds, checkPlace, say);
  checkAddresses(site, say);
  return problems;
};

type Say = YamlDocument['problem'];

const portOf = (link: LinkConfig): string | null => {
  if ((link.type === 'serial' || link.type === 'modbus-rtu') && link.path !== undefined) return link.path;
  if (link.type === 'tcp' || link.type === 'modbus-tcp') return `${link.host}:${link.port}`;
  if (link.type === 'modbus-rtu') return `${link.host}:${link.port}`;
  return null;
};

const checkDevices = (
  site: SiteConfig,
  findDriver: (id: string) => Driver | null,
  driverIds: readonly string[],
  checkPlace: (path: readonly (string | number)[], place: string | undefined) => void,
  say: Say,
): void => {
  const takenBy = new Map<string, string>();
  for (const [index, device] of site.devices.entries()) {
    const at = (...path: readonly (string | number)[]) => ['devices', index, ...path];
    checkPlace(at('place'), device.place);
    const driver = findDriver(device.driver);
    if (!driver) {
      say(at('driver'), `there is no driver "${device.driver}"${didYouMean(device.driver, driverIds)}`, {
        hint: '`wardwire drivers` lists them',
      });
    }
    const link = site.links[device.link];
    const type = device.link === EMBEDDED_BROKER ? 'mqtt' : link?.type;
    if (type === undefined) {
      say(at('link'), `there is no link "${device.link}"${didYouMean(device.link, Object.keys(site.links))}`, {
        hint: 'declare it under `links:`, or write `mqtt` for the embedded broker',
      });
      continue;
    }
    if (device.link === EMBEDDED_BROKER && !site.mqtt.enabled)
      say(at('link'), 'the embedded broker is turned off (mqtt.enabled)');
    if (!driver) continue;
    if (!linkTypesOf[driver.wire].includes(type)) {
      say(at('link'), `${device.driver} does not run on a ${type} link`, {
        hint: `it needs one of type ${linkTypesOf[driver.wire].join(' or ')}`,
      });
    }
    for (const name of Object.keys(device.options)) {
      if (!Object.hasOwn(driver.options, name)) {
        const known = Object.keys(driver.options);
        say(at('options', name), `${device.driver} has no option "${name}"${didYouMean(name, known)}`, {
          hint: known.length === 0 ? 'it has no options' : `its options: ${known.join(', ')}`,
        });
      }
    }
    for (const [name, option] of Object.entries(driver.options)) {
      const value = device.options[name];
      if (value === undefined || value === null) continue;
      if (typeof value !== option.type)
        say(at('options', name), `should be a ${option.type}`, { hint: option.description });
      else if (typeof value === 'number' && (value < (option.minimum ?? value) || value > (option.maximum ?? value))) {
        say(at('options', name), `should be from ${option.minimum ?? 'any'} to ${option.maximum ?? 'any'}`, {
          hint: option.description,
        });
      }
    }
    const address = addressOf(device, driver);
    const other = takenBy.get(address);
    if (other !== undefined) {
      say(at('id'), `"${other}" is already read at ${address}`, {
        hint: 'two devices at one address would be taken for each other',
      });
    }
    takenBy.set(address, device.id);
  }
};

/** What tells devices of one link apart. */
const addressOf = (device: DeviceConfig, driver: Driver): string => {
  switch (driver.wire) {
    case 'modbus':
      return `${device.link} unit ${device.unit ?? driver.unitId}`;
    case 'mqtt':
      return `${device.link} ${driver.id} topic ${device.topic ?? device.id}`;
    case 'stream':
      return `${device.link} ${String(device.options.module ?? '')}`.trim();
  }
};

const checkAddresses = (site: SiteConfig, say: Say): void => {
  const { http, mqtt } = site;
  const secured = http.certFile !== undefined && http.keyFile !== undefined;
  if ((http.certFile === undefined) !== (http.keyFile === undefined))
    say(['http'], 'TLS needs both `certFile` and `keyFile`');
  if (!isLoopback(http.host) && !secured && !http.insecure) {
    say(['http', 'host'], `${http.host} is reachable from the network, and there is no TLS`, {
      hint: 'give `certFile` and `keyFile`, or say `insecure: true` if something in front of it encrypts',
    });
  }
  if (mqtt.enabled && !isLoopback(mqtt.host) && mqtt.users.length === 0 && !mqtt.insecure) {
    say(['mqtt', 'host'], `${mqtt.host} is reachable from the network, and anyone could publish readings`, {
      hint: 'declare `users`, or say `insecure: true`',
    });
  }
};
