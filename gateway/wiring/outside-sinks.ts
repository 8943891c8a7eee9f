import type { SiteConfig } from '../config/schema.ts';
import type { Sink } from '../sinks/contract.ts';
import { influx1Sink } from '../sinks/influx1.ts';
import { influx2Sink } from '../sinks/influx2.ts';
import type { Secrets } from './secrets.ts';

/** The time-series stores that the site names besides the embedded one. */
export const outsideSinks = (site: SiteConfig, secrets: Secrets): Sink[] =>
  site.sinks.map((config) => {
    const tags = { site: site.site.name };
    if (config.type === 'influx1') {
      const password = secrets.variable(config.passwordEnv);
      return influx1Sink({
        id: config.id,
        url: config.url,
        database: config.database,
        tags,
        ...(config.username === undefined ? {} : { username: config.username }),
        ...(password === null ? {} : { password }),
      });
    }
    const token = secrets.variable(config.tokenEnv);
    return influx2Sink({
      id: config.id,
      url: config.url,
      org: config.org,
      bucket: config.bucket,
      holdMs: config.holdSeconds * 1000,
      tags,
      ...(token === null ? {} : { token }),
    });
  });
