import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3-multiple-ciphers';
import { Access, type AccessOptions } from '../../gateway/access/access.ts';
import { AccessStore } from '../../gateway/access/access-store.ts';
import { accessMigrations } from '../../gateway/access/schema.ts';
import { type Api, type ApiOptions, createApi } from '../../gateway/api/create-api.ts';
import type { AuditEntry } from '../../model/journal.ts';
import { type Role, roles } from '../../model/person.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import { FakeView, start } from './fake-view.ts';

/** Cheap enough for tests; the real cost is tested on its own. */
export const quickCost = { log2N: 4, r: 8, p: 1 };

export const accessStore = (): AccessStore => {
  const database = new Sqlite(':memory:');
  for (const { sql } of accessMigrations) database.exec(sql);
  return new AccessStore(database);
};

export interface AccessBench {
  readonly clock: VirtualClock;
  readonly access: Access;
  readonly store: AccessStore;
  readonly entries: AuditEntry[];
}

export const accessBench = (options: Partial<AccessOptions> = {}): AccessBench => {
  const clock = new VirtualClock(start);
  const entries: AuditEntry[] = [];
  const store = accessStore();
  const access = new Access({
    store,
    clock,
    audit: (entry) => entries.push(entry),
    passwordCost: quickCost,
    ...options,
  });
  return { clock, access, store, entries };
};

export interface ApiBench extends AccessBench {
  readonly api: Api;
  readonly view: FakeView;
  /** Authorization header of a token of each role. */
  readonly as: Readonly<Record<Role, { readonly authorization: string }>>;
  readonly faults: string[];
  close(): Promise<void>;
}

export const apiBench = async (
  options: Partial<ApiOptions> = {},
  accessOptions: Partial<AccessOptions> = {},
): Promise<ApiBench> => {
  const bench = accessBench(accessOptions);
  const view = new FakeView();
  const faults: string[] = [];
  const empty = mkdtempSync(join(tmpdir(), 'wardwire-api-'));
  const api = await createApi({
    view,
    access: bench.access,
    audit: (entry) => bench.entries.push(entry),
    clock: bench.clock,
    staticDir: empty,
    version: '0.0.0-test',
    processMetrics: false,
    report: ({ route, message }) => faults.push(`${route}: ${message}`),
    ...options,
  });
  const tokens = roles.map((role) => {
    const { secret } = bench.access.tokens.create(`${role}-program`, role, 'test');
    return [role, { authorization: `Bearer ${secret}` }] as const;
  });
  const close = async () => {
    await api.close();
    bench.access.close();
    rmSync(empty, { recursive: true, force: true });
  };
  return { ...bench, api, view, faults, as: Object.fromEntries(tokens) as ApiBench['as'], close };
};
