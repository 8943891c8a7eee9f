import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directionViolations, importCycles } from './import-rules.ts';

const rooms = ['model', 'drivers', 'rules', 'simulators', 'gateway', 'dashboard'];

/** The check as `npm run check` runs it, on a copy of the house. */
const check = (folder: string) => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'test/architecture/check-imports.ts', folder], {
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout + run.stderr };
};

describe('the house', () => {
  it('keeps the directions of the design', () => {
    expect(directionViolations('.')).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(importCycles('.')).toEqual([]);
  });

  it('has no file over 600 lines', () => {
    const long = rooms
      .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)))
      .filter((file) => /\.(ts|tsx)$/.test(file))
      .filter((file) => readFileSync(file, 'utf8').split('\n').length > 600);
    expect(long).toEqual([]);
  });
});

describe('the gates bite', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'wardwire-gates-'));
    for (const room of rooms) cpSync(room, join(copy, room), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const plant = (file: string, text: string) => writeFileSync(join(copy, file), text);

  it('on a clean copy they pass', () => {
    expect(check(copy)).toMatchObject({ status: 0 });
  });

  it.each([
    [
      'drivers/planted.ts',
      "import { x } from '../gateway/clock.ts';\nexport const y = x;\n",
      'drivers may not import gateway',
    ],
    [
      'model/planted.ts',
      "import type { Driver } from '../drivers/kit/contract.ts';\nexport type D = Driver;\n",
      'model may not import drivers',
    ],
    [
      'gateway/planted.ts',
      "export const load = () => import('../simulators/planted.ts');\n",
      'gateway may not import simulators',
    ],
    [
      'rules/planted.ts',
      "import { readFileSync } from 'node:fs';\nexport const r = readFileSync;\n",
      'rules may not import the package node:fs',
    ],
    [
      'gateway/planted.ts',
      "import {\n  connect,\n} from 'node:net';\nexport const c = connect;\n",
      'only gateway/links, simulators/ports may import node:net',
    ],
    ['rules/planted.ts', 'export const now = () => Date.now();\n', 'reads the wall clock'],
  ])('a wrong import or wall clock in %s is refused', (file, text, message) => {
    plant(file, text);
    const { status, output } = check(copy);
    expect(output).toContain(message);
    expect(status).toBe(1);
  });

  it('a cycle is refused', () => {
    plant('model/planted-a.ts', "import type { B } from './planted-b.ts';\nexport type A = B;\n");
    plant('model/planted-b.ts', "import type { A } from './planted-a.ts';\nexport type B = A | null;\n");
    const { status, output } = check(copy);
    expect(output).toMatch(/cycle: .*planted-a.ts -> .*planted-b.ts/);
    expect(status).toBe(1);
  });
});
