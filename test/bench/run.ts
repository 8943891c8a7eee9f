import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Runs every bench, or those named, one after the other, and keeps their JSON lines in bench-results.json.
 *   npm run bench [-- mqtt-durable alert-latency …] [-- --quick]
 */
const directory = fileURLToPath(new URL('.', import.meta.url));
const known = readdirSync(directory)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
const options = process.argv.slice(2).filter((word) => word.startsWith('--'));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}
/** Benches without a short form refuse to be asked for it. */
const quick = new Set(['mqtt-durable', 'alert-latency', 'demo-footprint']);

const run = (name: string): Promise<{ readonly code: number | null; readonly lines: readonly object[] }> =>
  new Promise((resolve, reject) => {
    const given = options.filter((option) => option !== '--quick' || quick.has(name));
    const child = spawn(process.execPath, ['--import', 'tsx', `${directory}${name}.bench.ts`, ...given], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      process.stdout.write(chunk);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = text.split('\n').filter((line) => line.startsWith('{"bench":'));
      resolve({ code, lines: lines.map((line) => JSON.parse(line) as object) });
    });
  });

const results: object[] = [];
for (const name of named.length > 0 ? named : known) {
  console.log(`\n${name}`);
  const { code, lines } = await run(name);
  results.push(...lines);
  if (code === 0 && lines.length > 0) continue;
  console.error(`${name} ended with ${code} and ${lines.length} results`);
  process.exitCode = 1;
}
writeFileSync('bench-results.json', `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
