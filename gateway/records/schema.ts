import type { Migration } from '../store/types.ts';

/*
 * Tables of the records. What is versioned is only ever added to: the triggers make the database itself refuse to
 * change or drop a version (promise 9). `patients`, `places`, `associations` and `observations` hold the newest
 * version's search keys.
 */

const appendOnly = (table: string): string => `
CREATE TRIGGER ${table}_keep BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'versions are never changed'); END;
CREATE TRIGGER ${table}_stay BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'versions are never removed'); END;
`;

const versioned = (name: string): string => `
CREATE TABLE ${name} (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE ${name}_versions (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  reason TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (id, version)
) WITHOUT ROWID;
${appendOnly(`${name}_versions`)}`;

export const recordMigrations: readonly Migration[] = [
  {
    id: 'records-001',
    sql: `
CREATE TABLE record_cursor (sink TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
${versioned('patients')}
${versioned('places')}
${versioned('associations')}
CREATE TABLE readings (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  measurement TEXT NOT NULL,
  device TEXT NOT NULL,
  metric TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  value REAL,
  unit TEXT NOT NULL,
  comparator TEXT,
  original_value REAL,
  original_unit TEXT,
  quality TEXT NOT NULL,
  reasons TEXT NOT NULL,
  device_time TEXT,
  time_source TEXT NOT NULL,
  clock_offset INTEGER,
  patient TEXT,
  place TEXT,
  /* 0: never of a patient, whoever is on the device (control solution). */
  assignable INTEGER NOT NULL,
  context TEXT NOT NULL,
  digest TEXT NOT NULL,
  observation INTEGER
);
CREATE INDEX readings_time ON readings (taken_at);
CREATE INDEX readings_device ON readings (device, taken_at, metric);
CREATE INDEX readings_patient ON readings (patient, taken_at, metric) WHERE patient IS NOT NULL;
CREATE INDEX readings_place ON readings (place, taken_at, metric) WHERE place IS NOT NULL;
CREATE TABLE observations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  device TEXT NOT NULL,
  grp TEXT NOT NULL,
  /* What its code depends on besides the group: the unit of a glucose value. */
  variant TEXT NOT NULL,
  category TEXT NOT NULL,
  status TEXT NOT NULL,
  effective INTEGER NOT NULL,
  patient TEXT,
  place TEXT,
  assignable INTEGER NOT NULL,
  fingerprint TEXT NOT NULL
);
CREATE INDEX observations_device ON observations (device, grp, effective);
CREATE INDEX observations_patient ON observations (patient, effective) WHERE patient IS NOT NULL;
CREATE INDEX observations_place ON observations (place, effective) WHERE place IS NOT NULL;
CREATE INDEX observations_time ON observations (effective);
CREATE TABLE observation_versions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  observation INTEGER NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  act TEXT NOT NULL,
  reason TEXT,
  /* The patient it was taken from, where this version moved it. */
  moved_from TEXT,
  facts TEXT NOT NULL,
  UNIQUE (observation, version)
);
CREATE INDEX observation_versions_moved ON observation_versions (moved_from) WHERE moved_from IS NOT NULL;
${appendOnly('observation_versions')}
CREATE TABLE observed (device TEXT NOT NULL, grp TEXT NOT NULL, PRIMARY KEY (device, grp)) WITHOUT ROWID;
CREATE TABLE record_alerts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  patient TEXT,
  /* Set where the alert is about a device: then its patient follows the associations. */
  device TEXT,
  raised_at INTEGER NOT NULL,
  observations TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX record_alerts_patient ON record_alerts (patient, raised_at);
CREATE INDEX record_alerts_device ON record_alerts (device, raised_at) WHERE device IS NOT NULL;
CREATE INDEX record_alerts_time ON record_alerts (raised_at);
`,
  },
];
