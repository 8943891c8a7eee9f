import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Driver } from '../../../drivers/kit/contract.ts';
import { formatProblem } from '../../../gateway/config/problem.ts';
import { siteSchema } from '../../../gateway/config/schema.ts';
import { senseProblems } from '../../../gateway/config/sense.ts';
import { parseYaml, readYaml } from '../../../gateway/config/yaml-document.ts';

const identity = {
  title: '',
  manufacturer: '',
  model: '',
  class: 'ekg',
  metrics: [],
  silentAfterMs: null,
  clock: 'none',
  quirks: [],
  evidence: [],
} as const;
const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const codec = {
  framer: () => ({ push: () => [], flush: () => [] }),
  decode: () => ({ ok: true as const, message: null }),
  encode: () => new Uint8Array(),
  any: () => null,
} as const;
const known: readonly Driver[] = [
  {
    ...identity,
    id: 'cuff',
    wire: 'stream',
    serial,
    reply: codec,
    request: null,
    interpret: () => ({ samples: [] }),
    session: { kind: 'push' },
    options: {
      intervalMinutes: {
        type: 'number',
        description: 'minutes between measurements',
        default: null,
        minimum: 1,
        maximum: 240,
      },
    },
  },
  {
    ...identity,
    id: 'climate',
    wire: 'modbus',
    serial,
    unitId: 1,
    pollMs: 1000,
    blocks: [],
    decode: () => [],
    encode: () => [],
    any: () => ({}),
    options: {},
  },
];

const check = (text: string): string[] => {
  const document = readYaml(text, 'site.yaml');
  const { value, problems } = parseYaml(document, siteSchema);
  if (!value) return problems.map(formatProblem);
  const find = (id: string) => known.find((driver) => driver.id === id) ?? null;
  return senseProblems(
    value,
    document,
    find,
    known.map((driver) => driver.id),
  ).map(formatProblem);
};

const site = 'site: { name: W, timeZone: UTC }\n';

describe('a site’s configuration', () => {
  it('accepts the smallest site', () => {
    expect(check(site)).toEqual([]);
  });

  it('the example fits the schema', () => {
    const document = readYaml(readFileSync('config/wardwire.yaml', 'utf8'), 'config/wardwire.yaml');
    expect(parseYaml(document, siteSchema).problems).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['an unknown key, at its line', `${site}https: {}\n`, /^site.yaml:2:8: error: https: this key is not known here/],
    [
      'an unknown key inside',
      'site: { name: W, timeZone: UTC, colour: red }\n',
      /:1:41: error: site.colour: this key is not known/,
    ],
    [
      'a time zone that is none',
      'site: { name: W, timeZone: Roma }\n',
      /site.timeZone: not an IANA time zone; write for example Europe\/Rome/,
    ],
    ['broken YAML', 'site: { name: W\nlinks: [\n', /^site.yaml:\d+:\d+: error: /],
    ['an empty file', '', /site.yaml:1:1: error: site: /],
    ['a scalar', 'hello', /error: /],
    ['a wrong type', `${site}http: { port: many }\n`, /^site.yaml:2:15: error: http.port: /],
    [
      'a device on no link',
      `${site}devices: [{ id: a, driver: cuff, link: cabel }]\nlinks: { cable: { type: tcp, host: h, port: 1 } }\n`,
      /devices\[0\].link: there is no link "cabel"; did you mean "cable"\?\n {4}declare it/,
    ],
    [
      'an unknown driver',
      `${site}devices: [{ id: a, driver: cuf, link: mqtt }]\n`,
      /there is no driver "cuf"; did you mean "cuff"\?/,
    ],
    [
      'a driver on the wrong kind of link',
      `${site}devices: [{ id: a, driver: cuff, link: mqtt }]\n`,
      /cuff does not run on a mqtt link\n {4}it needs one of type serial or tcp/,
    ],
    [
      'an unknown option',
      `${site}links: { c: { type: tcp, host: h, port: 1 } }\ndevices: [{ id: a, driver: cuff, link: c, options: { interval: 5 } }]\n`,
      /cuff has no option "interval"/,
    ],
    [
      'an option out of range',
      `${site}links: { c: { type: tcp, host: h, port: 1 } }\ndevices: [{ id: a, driver: cuff, link: c, options: { intervalMinutes: 0 } }]\n`,
      /should be from 1 to 240/,
    ],
    [
      'an option of the wrong type',
      `${site}links: { c: { type: tcp, host: h, port: 1 } }\ndevices: [{ id: a, driver: cuff, link: c, options: { intervalMinutes: often } }]\n`,
      /should be a number/,
    ],
    [
      'two devices with one id',
      `${site}places: [{ id: a, name: A, kind: bed }, { id: a, name: B, kind: bed }]\n`,
      /"a" is used twice in places/,
    ],
    [
      'two units with one number on a bus',
      `${site}links: { b: { type: modbus-tcp, host: h } }\ndevices: [{ id: x, driver: climate, link: b }, { id: y, driver: climate, link: b, unit: 1 }]\n`,
      /"x" is already read at b unit 1/,
    ],
    [
      'two links on one port',
      `${site}links: { a: { type: tcp, host: h, port: 1 }, b: { type: tcp, host: h, port: 1 } }\n`,
      /"a" already uses h:1/,
    ],
    [
      'a port name that changes',
      `${site}links: { a: { type: serial, path: /dev/ttyUSB0 } }\n`,
      /warning: links.a.path: .*by-id/s,
    ],
    [
      'an unknown place',
      `${site}patients: [{ id: p, mrn: "1", family: F, place: bed-9 }]\n`,
      /there is no place "bed-9"/,
    ],
    [
      'two patients in one bed',
      `${site}places: [{ id: b, name: B, kind: bed }]\npatients: [{ id: p, mrn: "1", family: F, place: b }, { id: q, mrn: "2", family: G, place: b }]\n`,
      /"p" is already in "b"/,
    ],
    [
      'an address on the network without TLS',
      `${site}http: { host: 0.0.0.0 }\n`,
      /reachable from the network, and there is no TLS/,
    ],
    ['a broker on the network without users', `${site}mqtt: { host: 0.0.0.0 }\n`, /anyone could publish readings/],
    ['RTU with neither path nor host', `${site}links: { b: { type: modbus-rtu } }\n`, /give either `path`/],
  ])('refuses %s', (_what, text, message) => {
    expect(check(text).join('\n')).toMatch(message);
  });

  it('an address on the network is accepted with TLS or when said explicitly', () => {
    expect(check(`${site}http: { host: 0.0.0.0, certFile: c, keyFile: k }\n`)).toEqual([]);
    expect(check(`${site}http: { host: 0.0.0.0, insecure: true }\n`)).toEqual([]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => Array.isArray(check(text))));
    fc.assert(fc.property(fc.json(), (text) => Array.isArray(check(text))));
  });
});
