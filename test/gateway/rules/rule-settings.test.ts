import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuleHost } from '../../../gateway/rules/rule-host.ts';
import { loadRules, requireRules } from '../../../gateway/rules/rule-settings.ts';
import type { Condition } from '../../../model/alert.ts';
import { rules } from '../../../rules/catalogue.ts';
import { numericLimits } from '../../../rules/numeric-limits.ts';
import { numeric, START } from '../../support/samples.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wardwire-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const load = (text: string) => {
  const file = join(folder, `rules-${files++}.yaml`);
  writeFileSync(file, text);
  return loadRules(file, rules);
};
const problemsOf = (text: string): string[] => load(text).problems.map(({ message, line }) => `${line}: ${message}`);

const base = `version: 1
rules:
  numeric-limits:
    limits:
      heart-rate: { low: 50, high: 120, hysteresis: 3 }
      spo2: { low: 90 }
`;

const withOverrides = `${base}overrides:
  - subject: { kind: patient, id: p1 }
    reason: bradycardia
    by: a doctor
    rules: { numeric-limits: { limits: { heart-rate: { low: 42 } } } }
  - subject: { kind: place, id: bed-9 }
    reason: step-down unit
    by: a doctor
    rules: { numeric-limits: { limits: { heart-rate: { low: 45, high: 130 } } } }
`;

describe('rule settings', () => {
  it('puts the subject’s numbers over the place’s, and those over the site’s', () => {
    const { settings, problems } = load(withOverrides);
    expect(problems).toEqual([]);
    const limitOf = (id: string, place: string | null) => {
      const parameters = settings?.parameters(numericLimits, { kind: 'patient', id }, place);
      const { low, high, hysteresis } = numericLimits.parameters.parse(parameters).limits['heart-rate'] ?? {};
      return [low, high, hysteresis];
    };
    expect(limitOf('p2', null)).toEqual([50, 120, 3]);
    expect(limitOf('p1', null)).toEqual([42, 120, 3]);
    expect(limitOf('p2', 'bed-9')).toEqual([45, 130, 3]);
    expect(limitOf('p1', 'bed-9')).toEqual([42, 130, 3]);
  });

  it('applies them where the patient lies, and anew when the patient moves', () => {
    const settings = load(withOverrides).settings ?? requireRules('config/rules/default.yaml', rules);
    const conditions: Condition[] = [];
    const host = createRuleHost({
      settings,
      start: START,
      simulated: false,
      onCondition: (condition) => conditions.push(condition),
      onFault: () => {},
    });
    host.addDevice({ id: 'd1', class: 'ekg', name: 'd1', silentAfterMs: null, place: 'bed-1', maintenance: false });
    host.associationChanged('d1', 'p2', 'bed-1');
    host.observe(numeric('heart-rate', 0, 125, { patient: 'p2', place: 'bed-1' }));
    expect(conditions.at(-2)).toMatchObject({ code: 'heart-rate-high', state: 'on', limit: 120 });
    expect(host.limits()).toContainEqual({
      subject: { kind: 'patient', id: 'p2' },
      limit: { metric: 'heart-rate', low: 50, high: 120 },
    });
    host.associationChanged('d1', 'p2', 'bed-9');
    host.observe(numeric('heart-rate', 1, 125, { patient: 'p2', place: 'bed-9' }));
    expect(conditions.filter(({ code }) => code === 'heart-rate-high').at(-1)).toMatchObject({
      state: 'off',
      limit: 130,
    });
    expect(host.limits()).toContainEqual({
      subject: { kind: 'patient', id: 'p2' },
      limit: { metric: 'heart-rate', low: 45, high: 130 },
    });
  });

  it('names every mistake with its line', () => {
    expect(problemsOf(base.replace('numeric-limits', 'numeric-limit'))[0]).toContain('did you mean "numeric-limits"');
    expect(problemsOf(base.replace('low: 50', 'low: 150'))).toEqual(['5: low must be below high']);
    expect(problemsOf(base.replace('hysteresis', 'histeresis'))[0]).toContain('unknown key histeresis');
    expect(problemsOf(withOverrides.replace('low: 42', 'low: 125'))[0]).toMatch(/^11: low must be below high/);
  });

  it('refuses numbers that only clash where a place and a patient come together', () => {
    const clash = withOverrides.replace('low: 45, high: 130', 'high: 60').replace('low: 42', 'low: 70');
    expect(problemsOf(clash)).toEqual(['11: low must be below high']);
  });

  it('refuses two overrides of one rule for one subject', () => {
    const twice = `${withOverrides}${withOverrides.slice(withOverrides.indexOf('  - subject'))}`;
    expect(problemsOf(twice)[0]).toContain('above');
  });

  it('ships rules whose every number has its place in the schema', () => {
    expect(loadRules('config/rules/default.yaml', rules).problems).toEqual([]);
  });
});
