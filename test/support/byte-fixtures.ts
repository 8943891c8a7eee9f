import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', 'fixtures');

const partial = z.record(z.string(), z.unknown());
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const expectedSchema = z.strictObject({
  /** What the device sends (`rx`), or what a host sends it. */
  direction: z.enum(['rx', 'tx']).default('rx'),
  options: values.default({}),
  /** The device's memory before. */
  memory0: values.default({}),
  /** The bytes come twice, the second time after the first have been stored. */
  twice: z.boolean().default(false),
  /** Each decoded message, in order; only the fields named are compared. */
  messages: z.array(partial),
  faults: z.array(z.string()).default([]),
  junkBytes: z.number().default(0),
  /** All samples in order, or some of them. */
  samples: z.array(partial).optional(),
  includes: z.array(partial).default([]),
  excludes: z.array(partial).default([]),
  /** How many samples a metric has. */
  count: z.record(z.string(), z.number()).default({}),
  /** Facts in the memory afterwards. */
  memory: values.default({}),
});

export interface ByteFixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expected: z.infer<typeof expectedSchema>;
  readonly provenance: string;
}

/** The cases of one driver under `test/fixtures/<driver>/<case>/`: a bug report becomes a folder. */
export const byteFixtures = (driver: string): readonly ByteFixture[] => {
  const folder = join(root, driver);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => {
    const read = (file: string) => readFileSync(join(folder, name, file), 'utf8');
    return {
      name,
      bytes: Uint8Array.from(Buffer.from(read('bytes.hex').replace(/\s+/g, ''), 'hex')),
      expected: expectedSchema.parse(JSON.parse(read('expected.json'))),
      provenance: read('README.md'),
    };
  });
};
