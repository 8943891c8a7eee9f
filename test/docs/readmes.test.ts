import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const rooms = ['model', 'drivers', 'rules', 'simulators', 'gateway', 'dashboard', 'config', 'test'] as const;

const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const pages = ['README.md', 'CONTRIBUTING.md', ...[...rooms, 'docs'].flatMap(pagesIn)];

const text = (file: string): string => readFileSync(file, 'utf8');

describe.each(rooms)('the README of %s', (room) => {
  const readme = text(join(room, 'README.md'));

  it('can be read in a minute', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(readme).toContain('## Where a new thing goes');
  });

  it('names every folder there is', () => {
    const folders = readdirSync(room, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unnamed = folders.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}/`));
    expect(unnamed).toEqual([]);
  });

  it('names no folder or file that is not there', () => {
    const named = [...readme.matchAll(/`([\w./-]+(?:\/|\.(?:tsx?|yaml|css|json)))`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(0);
    const inFixtures = ['bytes.hex', 'expected.json', 'poll.json', 'message.json'];
    const missing = named.filter(
      (path) => !inFixtures.includes(path) && ![path, join(room, path)].some((place) => existsSync(place)),
    );
    expect(missing).toEqual([]);
  });
});

describe('links between pages', () => {
  it.each(pages)('all lead somewhere in %s', (file) => {
    const targets = [...text(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const dead = targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(file), target)));
    expect(dead).toEqual([]);
  });
});
