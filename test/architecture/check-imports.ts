import { directionViolations, importCycles } from './import-rules.ts';

/** `npm run check:imports [folder]`: exit 1 with file:line where an import goes the wrong way. */
const root = process.argv[2] ?? '.';
const violations = directionViolations(root);
const cycles = importCycles(root);
for (const { file, line, text } of violations) console.error(`${file}:${line}: ${text}`);
for (const cycle of cycles) console.error(`cycle: ${cycle.join(' -> ')}`);
console.log(`imports: ${violations.length} against the directions, ${cycles.length} cycles`);
process.exitCode = violations.length + cycles.length === 0 ? 0 : 1;
