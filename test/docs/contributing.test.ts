import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modbusDriver } from '../../drivers/kit/modbus-driver.ts';
import { modbusProfileSchema } from '../../drivers/kit/modbus-profile.ts';
import { parseYaml, readYaml } from '../../gateway/config/yaml-document.ts';

/** The examples of CONTRIBUTING.md, by the file they are for. */
const examples = new Map(
  [...readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/```\w+ file=(\S+)\n([\s\S]*?)```/g)].map(([, file, text]) => [
    file ?? '',
    text ?? '',
  ]),
);

describe('the examples for contributors', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'wardwire-contributing-'));
    for (const room of ['model', 'drivers', 'rules', 'gateway']) cpSync(room, join(copy, room), { recursive: true });
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    writeFileSync(
      join(copy, 'tsconfig.json'),
      JSON.stringify({
        extends: resolve('tsconfig.json'),
        compilerOptions: { types: ['node'], typeRoots: [resolve('node_modules/@types')] },
        files: ['rules/sensor-battery.ts', 'gateway/sinks/line-file.ts'],
        include: [],
      }),
    );
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
    for (const [file, text] of examples) if (file.endsWith('.ts')) writeFileSync(join(copy, file), text);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('are there: a profile, a rule and a sink', () => {
    expect([...examples.keys()].sort()).toEqual([
      'config/profiles/acme-th7.yaml',
      'gateway/sinks/line-file.ts',
      'rules/sensor-battery.ts',
    ]);
  });

  it('compile: rule and sink', () => {
    const run = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', copy], { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('');
    expect(run.status).toBe(0);
  }, 60_000);

  it('work: the profile reads registers, and an invalid value is none', () => {
    const document = readYaml(examples.get('config/profiles/acme-th7.yaml') ?? '', 'acme-th7.yaml');
    const { value, problems } = parseYaml(document, modbusProfileSchema);
    expect(problems).toEqual([]);
    if (!value) throw new Error('no profile');
    const driver = modbusDriver(value);
    const values = (image: number[][]) =>
      driver.decode(image).map((sample) => (sample.kind === 'numeric' ? [sample.metric, sample.value] : null));
    expect(driver.blocks).toEqual([{ table: 'input', address: 0, count: 2 }]);
    expect(values([[215, 480]])).toEqual([
      ['air-temperature', 21.5],
      ['relative-humidity', 48],
    ]);
    expect(values([[0x7fff, 480]])[0]).toEqual(['air-temperature', null]);
  });

  it('work: the rule raises and ends', async () => {
    const run = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `
        import { Subject } from 'rxjs';
        const { sensorBattery: rule } = await import('./rules/sensor-battery.ts');
        const input = new Subject(); const states = [];
        input.pipe(rule.build({ low: 20 }, { clock: null, subject: { kind: 'device', id: 'd' }, device: null })).subscribe((c) => states.push(c.state));
        const sample = (value) => ({ kind: 'numeric', metric: 'battery', value, quality: 'good', device: 'd', id: 'x', takenAt: 0 });
        for (const value of [90, 15, null, 60]) input.next(sample(value));
        console.log(JSON.stringify(states));
      `,
      ],
      { encoding: 'utf8', cwd: copy },
    );
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual(['off', 'on', 'off']);
  }, 30_000);
});
