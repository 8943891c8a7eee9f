import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../docs/generate.ts';

describe('pages made from the code', () => {
  it.each(generatedFiles())('%s is what the code says now (else: npm run docs)', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
