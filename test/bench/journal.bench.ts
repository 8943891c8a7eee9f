import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openJournal } from '../../gateway/journal/journal.ts';
import { openDatabase } from '../../gateway/store/database.ts';
import { storeMigrations } from '../../gateway/store/migrations/store-migrations.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import { frameOf, numericOf } from '../support/journal-entries.ts';
import { StoreFile } from '../support/store-file.ts';

/*
 * How fast entries become durable, against a bare log that writes the raw frames and calls fdatasync per batch: the
 * physical limit (peers.md 5). Both in one run, in turns, since disks vary from minute to minute.
 *   node --import tsx test/bench/journal.bench.ts [--entries 100000] [--batch 500] [--samples 1] [--key TEXT]
 */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    batch: { type: 'string', default: '500' },
    samples: { type: 'string', default: '1' },
    key: { type: 'string' },
  },
});
const [entries, batch, samples] = [values.entries, values.batch, values.samples].map(Number) as [
  number,
  number,
  number,
];
const rounds = 5;
const perRound = Math.floor(entries / rounds / batch);
const frame = new Uint8Array(200).fill(65);

const store = new StoreFile();
const log = openSync(join(store.directory, 'bare.log'), 'a');
const database = openDatabase({ file: store.file, migrations: storeMigrations, key: values.key });
const journal = openJournal({ database, clock: new VirtualClock(1), maxBatch: batch });

const bare = (): number => {
  const start = performance.now();
  for (let n = 0; n < perRound; n++) {
    writeSync(log, Buffer.concat(Array.from({ length: batch }, () => frame)));
    fdatasyncSync(log);
  }
  return performance.now() - start;
};

const commits: number[] = [];
let next = 0;
const make = () =>
  Array.from({ length: batch }, () => {
    const measured = Array.from({ length: samples }, () =>
      numericOf(`sample ${next++}`, { patient: 'p1', place: 'b4' }),
    );
    return frameOf(measured, { frame, address: 'wardwire/monitor-1/readings' });
  });

/** Making the entries is no work of the journal, so it is not counted. */
const durable = async (): Promise<number> => {
  let sum = 0;
  for (let n = 0; n < perRound; n++) {
    const entriesOfBatch = make();
    const start = performance.now();
    await Promise.all(entriesOfBatch.map((entry) => journal.append(entry)));
    const took = performance.now() - start;
    commits.push(took);
    sum += took;
  }
  return sum;
};

const times = { bare: 0, durable: 0 };
try {
  await durable();
  commits.length = 0;
  for (let round = 0; round < rounds; round++) {
    times.bare += bare();
    times.durable += await durable();
  }
  commits.sort((a, b) => a - b);
  const total = rounds * perRound * batch;
  const rate = (ms: number) => Math.round((total / ms) * 1000);
  const at = (share: number) => Number((commits[Math.floor((commits.length - 1) * share)] ?? 0).toFixed(2));
  const result = {
    bench: 'journal',
    batch,
    samplesPerEntry: samples,
    encrypted: values.key !== undefined,
    entriesPerSecond: rate(times.durable),
    barePerSecond: rate(times.bare),
    ratio: Number((times.bare / times.durable).toFixed(3)),
    commitMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    bytesPerEntry: Math.round(database.size().bytes / journal.head),
  };
  process.stdout.write(
    `${result.entriesPerSecond} durable entries/s, ${result.ratio} of a bare fdatasync log (${result.barePerSecond}/s)\n`,
  );
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  journal.close();
  database.close();
  closeSync(log);
  store.remove();
}
