import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProgram, temporaryDirectory } from './programs.ts';

export interface Influx {
  readonly url: string;
  /** Rows of an InfluxQL query, as records. */
  query(text: string): Promise<Record<string, string | number | null>[]>;
  stop(): Promise<void>;
}

interface QueryAnswer {
  readonly results: readonly {
    readonly series?: readonly {
      readonly columns: readonly string[];
      readonly values: readonly (readonly (string | number | null)[])[];
    }[];
  }[];
}

/** An InfluxDB 1.x of the test's own, with a database as an administrator would make it. */
export const startInflux = async (database: string): Promise<Influx> => {
  const folder = temporaryDirectory('wardwire-influx');
  const [http, rpc] = [await freePort(), await freePort()];
  const config = join(folder.path, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder.path}/meta"
[data]
  dir = "${folder.path}/data"
  wal-dir = "${folder.path}/wal"
[http]
  bind-address = "127.0.0.1:${http}"
[monitor]
  store-enabled = false
`,
  );
  const url = `http://127.0.0.1:${http}`;
  const program = await startProgram('influxd', ['-config', config], {
    timeoutMs: 20_000,
    ready: () =>
      fetch(`${url}/ping`).then(
        ({ status }) => status === 204,
        () => false,
      ),
  });
  const made = await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: `CREATE DATABASE "${database}"` }),
  });
  if (!made.ok) throw new Error(`no database: ${await made.text()}`);
  return {
    url,
    async query(text) {
      const reply = await fetch(`${url}/query?${new URLSearchParams({ db: database, q: text, epoch: 'ns' })}`);
      const { results } = (await reply.json()) as QueryAnswer;
      return results.flatMap(({ series = [] }) =>
        series.flatMap(({ columns, values }) =>
          values.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
        ),
      );
    },
    async stop() {
      await program.stop();
      folder.remove();
    },
  };
};
