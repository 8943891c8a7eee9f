import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatedFiles } from '../../docs/generate.ts';
import { groupsOf, jsonSchemaOf } from '../../docs/schema-rows.ts';
import { loadDrivers } from '../../gateway/config/driver-catalogue.ts';
import { siteSchema } from '../../gateway/config/schema.ts';
import { metrics } from '../../model/metrics.ts';
import { rules } from '../../rules/catalogue.ts';

const page = (name: string): string => readFileSync(`docs/${name}`, 'utf8');

/** The part of a page that is about one driver or rule: up to the next heading. */
const sectionOf = (name: string, start: string): string => page(name).split(`\n${start}`)[1]?.split('\n## ')[0] ?? '';

describe('pages made from the code', () => {
  it.each(generatedFiles())('%s is what the code says now (else: npm run docs)', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each(loadDrivers().drivers)(
    'tell of the driver $id where each of its facts is from',
    ({ id, evidence, quirks }) => {
      const section = sectionOf('drivers.md', `\`${id}\` · `);
      for (const { source } of evidence) expect(section).toContain(source);
      for (const quirk of quirks) expect(section).toContain(quirk);
    },
  );

  it.each(rules)(
    'tell of the rule $id what it reads, its numbers as they ship and their sources',
    ({ id, sources }) => {
      const section = sectionOf('rules.md', `\`${id}\` version `);
      expect(section).toContain(`\`\`\`yaml\n${id}:`);
      expect(section).toMatch(/\nReads \S/);
      for (const { source } of sources) expect(section).toContain(source);
    },
  );

  it.each(metrics)('tell of the metric $id its name and codes', ({ id, name, mdc, loinc }) => {
    const row = page('metrics.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${id}\` |`));
    expect(row).toContain(name);
    if (mdc) expect(row).toContain(`${mdc.code} ${mdc.refId}`);
    if (loinc) expect(row).toContain(loinc);
  });
});

describe('what a person may write', () => {
  const kinds = [
    ['a site', siteSchema],
    ...rules.map((rule) => [`the rule ${rule.id}`, rule.parameters] as const),
  ] as const;

  it.each(kinds)('is explained key by key, for %s', (_, schema) => {
    const rows = groupsOf(jsonSchemaOf(schema)).flatMap((group) => group.rows);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ description }) => description === '').map(({ path }) => path)).toEqual([]);
  });
});

describe('the check of the pages', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'wardwire-docs-'));
    cpSync('docs', join(copy, 'docs'), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const check = () =>
    spawnSync(resolve('node_modules/.bin/tsx'), [resolve('docs/generate.ts'), '--check'], {
      cwd: copy,
      encoding: 'utf8',
    });

  it('passes pages as they were written, and names one that is out of date', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' });
    appendFileSync(join(copy, 'docs/rules.md'), 'edited by hand\n');
    const { status, stderr } = check();
    expect(status).toBe(1);
    expect(stderr).toBe('docs/rules.md is out of date: npm run docs\n');
  }, 60_000);
});
