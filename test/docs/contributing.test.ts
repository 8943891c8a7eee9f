import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { directionViolations } from '../architecture/import-rules.ts';

interface Example {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

/** The examples of CONTRIBUTING.md, each for a file. */
const examples: readonly Example[] = [
  ...readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/^```(\w+) file=(\S+)\n([\s\S]*?)^```$/gm),
].map(([, language = '', file = '', text = '']) => ({ language, file, text }));

const isCode = ({ file }: Example): boolean => file.endsWith('.ts');
const files = [...new Set(examples.filter(isCode).map(({ file }) => file))];

/** Applies ` `, `-` and `+` lines to a file in which the ` ` and `-` lines stand once, in a row. */
const patched = (source: string, patch: string): string => {
  const lines = patch.trimEnd().split('\n');
  const side = (sign: string) =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after] = [side('+'), side('-')];
  if (source.split(before).length !== 2) throw new Error(`these lines do not stand there once:\n${before}`);
  return source.replace(before, () => after);
};

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
      message: z.string(),
    }),
  ),
});

describe('the examples for contributors, in a copy of the house', () => {
  let copy: string;

  const run = (program: string, ...parameters: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(resolve('node_modules/.bin', program), parameters, {
      cwd: copy,
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'wardwire-contributing-'));
    const rooms = ['model', 'drivers', 'rules', 'simulators', 'gateway', 'config', 'docs'];
    const parts = ['test/drivers', 'test/rules', 'test/support', 'test/fixtures', 'test/gateway/sinks'];
    const settings = ['package.json', 'tsconfig.json', 'biome.json', '.gitignore', 'vitest.config.ts'];
    for (const path of [...rooms, ...parts, ...settings]) cpSync(path, join(copy, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    for (const { language, file, text } of examples) {
      const path = join(copy, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, language === 'diff' ? patched(readFileSync(path, 'utf8'), text) : text);
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('are there: a profile, a driver, a rule and a sink', () => {
    expect(examples.map(({ file }) => file)).toEqual(
      expect.arrayContaining([
        'config/profiles/acme-th7.yaml',
        'drivers/environment/acme-dp2.ts',
        'rules/sensor-battery.ts',
        'gateway/sinks/line-file.ts',
      ]),
    );
  });

  it('compile', () => {
    const project = { extends: './tsconfig.json', files, include: [] };
    writeFileSync(join(copy, 'tsconfig.examples.json'), JSON.stringify(project));
    expect(run('tsc', '-p', 'tsconfig.examples.json')).toEqual({ status: 0, said: '' });
  }, 60_000);

  it('are written in the style of the house', () => {
    const { status, said } = run('biome', 'check', '--vcs-enabled=false', '--error-on-warnings', ...files);
    expect(said).toContain(`Checked ${files.length} files`);
    expect(status, said).toBe(0);
  }, 60_000);

  it('keep to the directions', () => {
    expect(directionViolations(copy)).toEqual([]);
  });

  it('pass the tests that everything must pass', () => {
    const suites = ['drivers/contract', 'drivers/modbus-contract', 'rules/sensor-battery', 'gateway/sinks/line-file'];
    const { said } = run(
      'vitest',
      ...['run', '--project', 'unit', '--reporter', 'json', '--outputFile', 'report.json'],
      ...['-t', 'acme|battery of a sensor|line file'],
      ...suites.map((suite) => `test/${suite}.test.ts`),
    );
    const { testResults } = reportSchema.parse(JSON.parse(readFileSync(join(copy, 'report.json'), 'utf8')));
    expect(testResults.map(({ message }) => message).filter((message) => message !== '')).toEqual([]);
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    expect(
      results.filter(({ status }) => status === 'failed'),
      said,
    ).toEqual([]);
    const passed = results
      .filter(({ status }) => status === 'passed')
      .map(({ fullName }) => fullName.replaceAll("'", ''));
    for (const expected of [
      'the stream driver acme-dp2 its reply codec reads back what it writes, frame for frame',
      'the stream driver acme-dp2 its fixtures manual-example',
      'battery of a sensor is low below the limit, and a missing value changes nothing',
      'line file writes a line for each reading, the same line when a batch comes again',
    ]) {
      expect(passed).toContain(expected);
    }
    expect(passed.filter((name) => name.includes('acme-th7') && name.includes('broken-probe'))).toHaveLength(1);
  }, 120_000);

  it('come up in the pages that are made from the code', () => {
    expect(run('tsx', 'docs/generate.ts')).toEqual({ status: 0, said: '' });
    const page = (name: string) => readFileSync(join(copy, 'docs', name), 'utf8');
    expect(page('drivers.md')).toContain('| `acme-dp2` | Acme DP2 differential pressure gauge |');
    expect(page('drivers.md')).toContain('| `acme-th7` | Acme TH7 room sensor |');
    expect(page('rules.md')).toContain('| `sensor-battery` | Battery of a sensor is low |');
    expect(page('configuration.md')).toContain('### `sinks[]` with `type: line-file`');
  }, 60_000);
});
