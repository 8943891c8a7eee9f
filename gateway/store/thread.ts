import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What the thread runs. Plain JavaScript in a text, so that it needs no loader wherever the gateway runs from. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const Sqlite = require(workerData.module);
const database = new Sqlite(workerData.file, { fileMustExist: true, timeout: 10000 });
try {
  for (const pragma of workerData.pragmas) database.pragma(pragma);
  if (workerData.key) database.key(Buffer.from(workerData.key));
  parentPort.postMessage(database.prepare(workerData.sql)[workerData.method](...workerData.values));
} finally {
  database.close();
}
`;

export interface ThreadTask {
  readonly file: string;
  readonly key: string | undefined;
  /** Before the key is set. */
  readonly pragmas: readonly string[];
  readonly sql: string;
  readonly method: 'run' | 'all';
  readonly values: readonly string[];
}

/** Runs one long statement on a connection of its own in another thread. */
export const runInThread = (task: ThreadTask): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const module = createRequire(import.meta.url).resolve('better-sqlite3-multiple-ciphers');
    const worker = new Worker(program, { eval: true, execArgv: [], workerData: { ...task, module } });
    let answer: unknown;
    worker.once('message', (message) => {
      answer = message;
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve(answer) : reject(new Error(`thread ended with ${code}`))));
  });
