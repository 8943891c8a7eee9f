import { HttpError, InfluxDB, Point, setLogger } from '@influxdata/influxdb-client';
import { CodedError, messageOf } from '../../model/errors.ts';
import type { Stored } from '../../model/journal.ts';
import type { Sink, SinkAnswer } from './contract.ts';
import { type PointOptions, pointsOfBatch, type StorePoint } from './points.ts';
import { answerFor, type StoreTrouble } from './store-answers.ts';

export interface Influx2Options extends PointOptions {
  readonly id?: string;
  /** e.g. `http://127.0.0.1:8428` */
  readonly url: string;
  /** Empty for VictoriaMetrics. */
  readonly org?: string;
  readonly bucket?: string;
  readonly token?: string;
  /**
   * 30 s for VictoriaMetrics, which loses its newest points when it dies (peers.md 4.4); start it with
   * `-dedup.minScrapeInterval=1ms`, since it keeps a point that is sent twice twice. 0 for InfluxDB.
   */
  readonly holdMs?: number;
  readonly batchSize?: number;
  readonly timeoutMs?: number;
}

/** The client prints every failure to the console, with the lines that failed. Ours are in the sink's report. */
const silence = (): void => {
  setLogger({ error: () => {}, warn: () => {} });
};

const pointFor = ({ measurement, tags, fields, timestamp }: StorePoint): Point => {
  const point = new Point(measurement).timestamp(timestamp);
  for (const [name, value] of Object.entries(tags)) point.tag(name, value);
  for (const [name, value] of Object.entries(fields)) point.floatField(name, value);
  return point;
};

const troubleOf = (error: unknown): StoreTrouble => {
  if (error instanceof HttpError) {
    return { status: error.statusCode, code: null, message: error.body || error.message };
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { status: null, code, message: messageOf(error) };
};

/** When the process of the store started, as its own metrics say. */
const STARTED = /^(?:vm_app_start_timestamp|process_start_time_seconds)(?:\{[^}]*\})?\s+(\S+)/m;

/** Anything that takes the write API of InfluxDB 2.x. */
class Influx2Sink implements Sink {
  readonly id: string;
  readonly types = ['frame'] as const;
  readonly batchSize: number;
  readonly holdMs: number;
  readonly lingerMs = 1000;
  private readonly client: InfluxDB;
  private readonly options: Influx2Options;

  constructor(options: Influx2Options) {
    const { id = 'influx2', url, token, holdMs = 0, batchSize = 2000, timeoutMs = 10_000 } = options;
    silence();
    this.id = id;
    this.batchSize = batchSize;
    this.holdMs = holdMs;
    this.options = options;
    this.client = new InfluxDB({ url, timeout: timeoutMs, ...(token === undefined ? {} : { token }) });
  }

  async write(batch: readonly Stored[]): Promise<SinkAnswer> {
    const points = pointsOfBatch(batch, this.options).map(pointFor);
    if (points.length === 0) return { rejected: [] };
    // A writer per batch: after a failure the client forgets what it was given, so the journal is the only buffer.
    const writer = this.client.getWriteApi(this.options.org ?? '', this.options.bucket ?? '', 'ns', {
      batchSize: points.length + 1,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: 16_384,
    });
    try {
      writer.writePoints(points);
      await writer.flush();
      return { rejected: [] };
    } catch (error) {
      return answerFor(troubleOf(error));
    } finally {
      writer.dispose();
    }
  }

  async generation(signal: AbortSignal): Promise<string> {
    const { url, token } = this.options;
    const response = await fetch(new URL('metrics', url.endsWith('/') ? url : `${url}/`), {
      signal,
      ...(token === undefined ? {} : { headers: { authorization: `Token ${token}` } }),
    });
    const started = STARTED.exec(await response.text())?.[1];
    if (started === undefined) {
      throw new CodedError('no-generation', 'the store does not say when it started', {
        hint: 'Let this sink read /metrics of the store, or set its hold time to 0.',
      });
    }
    return started;
  }

  async close(): Promise<void> {}
}

export const influx2Sink = (options: Influx2Options): Sink => new Influx2Sink(options);
