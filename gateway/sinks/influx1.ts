import { InfluxDB } from 'influx';
import { messageOf } from '../../model/errors.ts';
import type { Stored } from '../../model/journal.ts';
import type { Sink, SinkAnswer } from './contract.ts';
import { type PointOptions, pointsOfBatch } from './points.ts';
import { answerFor, type StoreTrouble } from './store-answers.ts';

export interface Influx1Options extends PointOptions {
  readonly id?: string;
  /** e.g. `http://127.0.0.1:8086` */
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  readonly retentionPolicy?: string;
  readonly batchSize?: number;
  readonly timeoutMs?: number;
}

/**
 * The client takes a host out of service for a growing time after each failure, and drops what is written meanwhile;
 * the waiting is the follower's.
 */
const noBackoff = {
  getDelay: () => 0,
  next: () => noBackoff,
  reset: () => noBackoff,
};

/** The client's error classes are not exported; one of them carries the response. */
const statusOf = (error: unknown): number | null => {
  if (!(error instanceof Error) || !('res' in error)) return null;
  const { res } = error;
  return typeof res === 'object' && res !== null && 'statusCode' in res && typeof res.statusCode === 'number'
    ? res.statusCode
    : null;
};

/** Of a 5xx the client gives neither status nor text, and for a time-out the same error: then all is open. */
const troubleOf = (error: unknown): StoreTrouble => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { status: statusOf(error), code, message: messageOf(error) || 'the store is not available' };
};

/** InfluxDB 1.x. It keeps what it answered 2xx to, and overwrites equal points: no hold. */
class Influx1Sink implements Sink {
  readonly id: string;
  readonly types = ['frame'] as const;
  readonly batchSize: number;
  readonly holdMs = 0;
  readonly lingerMs = 1000;
  private readonly client: InfluxDB;
  private readonly options: Influx1Options;

  constructor(options: Influx1Options) {
    const { id = 'influx1', batchSize = 2000, database, username, password, timeoutMs = 10_000 } = options;
    const url = new URL(options.url);
    this.id = id;
    this.batchSize = batchSize;
    this.options = options;
    this.client = new InfluxDB({
      database,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      hosts: [
        {
          protocol: url.protocol === 'https:' ? 'https' : 'http',
          host: url.hostname,
          port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
          path: url.pathname,
        },
      ],
      pool: { maxRetries: 0, requestTimeout: timeoutMs, backoff: noBackoff },
    });
  }

  async write(batch: readonly Stored[]): Promise<SinkAnswer> {
    const points = pointsOfBatch(batch, this.options).map(({ measurement, tags, fields, timestamp }) => ({
      measurement,
      tags,
      fields,
      timestamp,
    }));
    if (points.length === 0) return { rejected: [] };
    try {
      const { retentionPolicy } = this.options;
      await this.client.writePoints(points, {
        precision: 'n',
        ...(retentionPolicy === undefined ? {} : { retentionPolicy }),
      });
      return { rejected: [] };
    } catch (error) {
      return answerFor(troubleOf(error));
    }
  }

  async close(): Promise<void> {}
}

export const influx1Sink = (options: Influx1Options): Sink => new Influx1Sink(options);
