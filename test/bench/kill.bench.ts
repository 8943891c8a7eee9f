import { parseArgs } from 'node:util';
import { seededRandom } from '../../model/random.ts';
import { killAgainAndAgain } from '../support/kill-journal.ts';
import { StoreFile } from '../support/store-file.ts';

/*
 * Promise 1 and 2 at length: kills the journal's writer at random moments.
 *   node --import tsx test/bench/kill.bench.ts [--kills 1000] [--seed TEXT]
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '1000' }, seed: { type: 'string', default: 'kill' } },
});
const file = new StoreFile();
try {
  const { lost, ...report } = await killAgainAndAgain(file.file, Number(values.kills), seededRandom(values.seed));
  process.stdout.write(`${report.kills} kills: ${report.acknowledged} acknowledged, ${lost.length} lost, `);
  process.stdout.write(`${report.doubled} doubled, ${report.gaps} gaps\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'kill', ...report, lost: lost.length })}\n`);
  if (lost.length + report.doubled + report.gaps > 0) process.exitCode = 1;
} finally {
  file.remove();
}
