import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/*
 * The directions of the house (design 3), as data. dependency-cruiser sees no modules under TypeScript 7 and passes
 * everything, so the check reads import lines itself; test/architecture proves that it bites.
 */

/** Which rooms a room may import from. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  drivers: ['model'],
  rules: ['model'],
  simulators: ['model', 'drivers'],
  gateway: ['model', 'drivers', 'rules'],
  dashboard: ['model'],
};

/** The one part of the gateway that may load the simulators: what `demo` and `simulate` load. */
const simulatorLoaders = ['gateway/cli/demo', 'gateway/cli/simulate'];

/** Packages that belong to a few folders. */
const packageHomes: readonly { readonly packages: RegExp; readonly homes: readonly string[] }[] = [
  {
    packages: /^(serialport|@serialport\/.*|modbus-serial|mqtt|aedes|(node:)?(net|tls|dgram))$/,
    homes: ['gateway/links', 'simulators/ports'],
  },
  { packages: /^better-sqlite3/, homes: ['gateway/store'] },
  { packages: /^(influx|@influxdata\/.*)$/, homes: ['gateway/sinks'] },
  { packages: /^(fastify|@fastify\/.*|fastify-.*|ws)$/, homes: ['gateway/api'] },
  { packages: /^commander$/, homes: ['gateway/cli'] },
  { packages: /^(preact|@preact\/.*|uplot)(\/.*)?$/, homes: ['dashboard'] },
];

/** Rooms without packages of their own: the vocabulary needs zod only, drivers and rules nothing that does I/O. */
const packagesOf: Readonly<Record<string, RegExp>> = {
  model: /^zod$/,
  drivers: /^zod$/,
  rules: /^(zod|rxjs(\/.*)?)$/,
};

/** Only these read the wall clock or true randomness. */
const clockHomes = ['gateway/clock.ts', 'gateway/cli/', 'dashboard/'];
const wallClock = /\b(Date\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|(?<![.\w])set(Timeout|Interval)\()/;

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

interface Import {
  readonly line: number;
  readonly from: string;
  readonly typeOnly: boolean;
}

const sourceFiles = (root: string, folder: string): string[] => {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name));
};

const statement =
  /^\s*(?:import|export)\s+(?<type>type\s)?(?:[^'"`;]*?\sfrom\s*)?['"](?<from>[^'"]+)['"]|import\(\s*['"](?<dynamic>[^'"]+)['"]/gm;

const importsOf = (source: string): Import[] => {
  const found: Import[] = [];
  for (const match of source.matchAll(statement)) {
    const from = match.groups?.from ?? match.groups?.dynamic;
    if (from === undefined) continue;
    const line = source.slice(0, match.index).split('\n').length + (match[0].match(/^\n*/)?.[0].length ?? 0);
    found.push({ line, from, typeOnly: match.groups?.type !== undefined });
  }
  return found;
};

const inside = (file: string, homes: readonly string[]): boolean =>
  homes.some(
    (home) =>
      file === home ||
      file.startsWith(home.endsWith('/') ? home : `${home}/`) ||
      file.startsWith(`${home}.`) ||
      file.startsWith(`${home}-`),
  );

const checkImport = (file: string, target: Import): string | null => {
  const room = file.split('/')[0] ?? '';
  if (target.from.startsWith('.')) {
    const to = relative('.', join(dirname(file), target.from));
    const toRoom = to.split('/')[0] ?? '';
    if (toRoom === room) return null;
    if (toRoom === 'simulators' && inside(file, simulatorLoaders)) return null;
    if (!mayImport[room]?.includes(toRoom)) return `${room} may not import ${toRoom} (${target.from})`;
    if (room === 'dashboard' && !target.typeOnly) return `dashboard may import only types of model (${target.from})`;
    return null;
  }
  for (const { packages, homes } of packageHomes) {
    if (packages.test(target.from) && !inside(file, homes)) return `only ${homes.join(', ')} may import ${target.from}`;
  }
  const own = packagesOf[room];
  if (own && !own.test(target.from)) return `${room} may not import the package ${target.from}`;
  return null;
};

/** Every import that goes against the directions, and every reading of the wall clock outside its homes. */
export const directionViolations = (root: string): Violation[] => {
  const violations: Violation[] = [];
  for (const file of Object.keys(mayImport).flatMap((room) => sourceFiles(root, room))) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const target of importsOf(source)) {
      const text = checkImport(file, target);
      if (text) violations.push({ file, line: target.line, text });
    }
    if (inside(file, clockHomes)) continue;
    for (const [index, line] of source.split('\n').entries()) {
      if (wallClock.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line)) {
        violations.push({ file, line: index + 1, text: `reads the wall clock or true randomness: ${line.trim()}` });
      }
    }
  }
  return violations;
};

/** Import cycles between files, type imports included, each named once from its first file. */
export const importCycles = (root: string): string[][] => {
  const files = new Set(Object.keys(mayImport).flatMap((room) => sourceFiles(root, room)));
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const targets = importsOf(readFileSync(join(root, file), 'utf8'))
      .filter((target) => target.from.startsWith('.'))
      .map((target) => relative('.', join(dirname(file), target.from)))
      .filter((target) => files.has(target));
    graph.set(file, targets);
  }
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of files) visit(file);
  return cycles;
};
