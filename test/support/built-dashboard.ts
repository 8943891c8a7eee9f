import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

export interface BuiltDashboard {
  readonly root: string;
  remove(): Promise<void>;
}

/** Builds the dashboard as it is now, aside from what `npm run build` leaves. */
export const buildDashboard = async (): Promise<BuiltDashboard> => {
  const root = await mkdtemp(join(tmpdir(), 'wardwire-dashboard-'));
  await build({ root: 'dashboard', logLevel: 'error', build: { outDir: root, emptyOutDir: true } });
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
};
