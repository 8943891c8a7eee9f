import type { FrameEntry, JournalEntry, QuarantineEntry, Stored } from '../../model/journal.ts';
import {
  decodeSample,
  encodeSample,
  type SampleTuple,
  WaveReader,
  type WriteContext,
  waveBytes,
} from './sample-encoding.ts';
import { ID_BYTES, uuidAt, writeHex, writeId } from './sample-ids.ts';

/** Codes in the store, for ever. A new form of an old type gets a new code. */
export const typeCodes = {
  frame: 1,
  quarantine: 2,
  alert: 3,
  association: 4,
  patient: 5,
  place: 6,
  link: 7,
  audit: 8,
} as const satisfies Record<JournalEntry['type'], number>;

const typeOf = new Map<number, JournalEntry['type']>(
  (Object.keys(typeCodes) as JournalEntry['type'][]).map((type) => [typeCodes[type], type]),
);

/** An entry as the store keeps it. Bytes stay bytes; `ids` alone is read when the gateway starts. */
export interface EncodedEntry {
  readonly type: number;
  /** Ids of the samples, 16 bytes each. */
  readonly ids: Uint8Array | null;
  /** Digest of the frame, then the ids of its measurements. */
  readonly keys: Uint8Array | null;
  readonly body: string;
  readonly frame: Uint8Array | null;
  /** Waveforms, two bytes a sample; null exactly where the entry has none: they are kept for a shorter time. */
  readonly wave: Uint8Array | null;
}

export interface JournalRow extends EncodedEntry {
  readonly position: number;
  readonly committed_at: number;
}

export const bytesOf = ({ ids, keys, body, frame, wave }: EncodedEntry): number =>
  (ids?.length ?? 0) + (keys?.length ?? 0) + Buffer.byteLength(body) + (frame?.length ?? 0) + (wave?.length ?? 0);

type FrameBody = [
  device: string,
  link: string,
  receivedAt: number,
  address: string | null,
  digest: string | null,
  samples: SampleTuple[],
];

const encodeFrame = (entry: FrameEntry): EncodedEntry => {
  const { device, link, receivedAt, address, digest, frame, samples } = entry;
  // From Node's pool: an array buffer for each of these few bytes would keep the collector busy.
  const ids = Buffer.allocUnsafe(samples.length * ID_BYTES);
  const keys = Buffer.allocUnsafe((samples.length + 1) * ID_BYTES);
  const digestIsKept = writeHex(digest, keys, 0);
  const measurements: string[] = [];
  for (const { measurement } of samples) {
    if (measurements.includes(measurement)) continue;
    if (writeId(measurement, keys, (measurements.length + 1) * ID_BYTES)) measurements.push(measurement);
  }
  const context: WriteContext = { frame: entry, measurements, waves: [] };
  let hasWaves = false;
  const tuples: SampleTuple[] = [];
  for (const sample of samples) {
    const idIsKept = writeId(sample.id, ids, tuples.length * ID_BYTES);
    tuples.push(encodeSample(sample, context, idIsKept));
    hasWaves ||= sample.kind === 'waveform';
  }
  const body: FrameBody = [device, link, receivedAt, address, digestIsKept ? null : digest, tuples];
  return {
    type: typeCodes.frame,
    ids: samples.length > 0 ? ids : null,
    keys: keys.subarray(0, (measurements.length + 1) * ID_BYTES),
    body: JSON.stringify(body),
    frame,
    wave: hasWaves ? waveBytes(context.waves) : null,
  };
};

export const encodeEntry = (entry: JournalEntry): EncodedEntry => {
  if (entry.type === 'frame') return encodeFrame(entry);
  const plain = { type: typeCodes[entry.type], ids: null, keys: null, frame: null, wave: null };
  if (entry.type !== 'quarantine') return { ...plain, body: JSON.stringify(entry) };
  const { frame, ...rest } = entry;
  return { ...plain, body: JSON.stringify(rest), frame };
};

/** SQLite hands out Buffers and null for what is empty; an entry holds plain bytes. */
const plainBytes = (bytes: Uint8Array | null): Uint8Array =>
  bytes ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array();

const decodeFrame = (row: JournalRow): FrameEntry => {
  const [device, link, receivedAt, address, digest, tuples] = JSON.parse(row.body) as FrameBody;
  const keys = plainBytes(row.keys);
  const head = {
    device,
    receivedAt,
    digest: digest ?? Buffer.from(keys.buffer, keys.byteOffset, ID_BYTES).toString('hex'),
  };
  const measurements: string[] = [];
  for (let at = ID_BYTES; at < keys.length; at += ID_BYTES) measurements.push(uuidAt(keys, at));
  const ids = plainBytes(row.ids);
  const waves = new WaveReader(row.wave);
  const samples = tuples.map((tuple, index) =>
    decodeSample(tuple, { frame: head, id: uuidAt(ids, index * ID_BYTES), measurements, waves }),
  );
  return { type: 'frame', ...head, link, address, frame: plainBytes(row.frame), samples };
};

const decodeEntry = (row: JournalRow): JournalEntry => {
  const type = typeOf.get(row.type);
  if (type === undefined) throw new RangeError(`the journal holds an entry of unknown type ${row.type}`);
  if (type === 'frame') return decodeFrame(row);
  const entry = JSON.parse(row.body) as JournalEntry;
  if (type !== 'quarantine') return entry;
  return { ...(entry as Omit<QuarantineEntry, 'frame'>), frame: plainBytes(row.frame) };
};

export const decodeRow = (row: JournalRow): Stored => ({
  position: row.position,
  committedAt: row.committed_at,
  entry: decodeEntry(row),
});
