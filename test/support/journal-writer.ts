import { writeSync } from 'node:fs';
import { openJournal } from '../../gateway/journal/journal.ts';
import { openDatabase } from '../../gateway/store/database.ts';
import { storeMigrations } from '../../gateway/store/migrations/store-migrations.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import { frameNamed } from './journal-entries.ts';

/*
 * A gateway in small, made to be killed: appends readings named `<run>-<n>` in bursts, prints each name once it is
 * acknowledged, and first sends again what it is told to, as a device does that saw no acknowledgement.
 *
 *   node --import tsx test/support/journal-writer.ts FILE RUN [NAME…]
 */
const [file = '', run = '', ...again] = process.argv.slice(2);
const database = openDatabase({ file, migrations: storeMigrations });
const journal = openJournal({ database, clock: new VirtualClock(1), maxBatch: 64 });

/** Straight to the pipe: what the process has buffered would die with it. Waits while the pipe is full. */
const print = (line: string): void => {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
};

const send = async (name: string): Promise<void> => {
  await journal.append(frameNamed(name));
  print(`${name}\n`);
};

for (const name of again) void send(name);

let next = 0;
const burst = () => {
  for (let left = 1 + (next % 97); left > 0; left--) {
    const name = `${run}-${next++}`;
    void send(name);
    // The same message once more, as QoS 1 allows.
    if (next % 5 === 0) void send(name);
  }
  setImmediate(burst);
};
burst();
