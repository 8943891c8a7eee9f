import { type DestinationStream, destination, pino } from 'pino';

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The gateway's own log. Never patient data: only ids of devices, links, rules and sinks, and counts. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Structured lines on standard error, so that standard output stays what was asked for. */
export const createLog = (level: 'info' | 'warn' | 'error' | 'silent', stream?: DestinationStream): Log => {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream ?? destination(2));
  const at =
    (severity: 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void =>
      logger[severity](fields, message);
  return { info: at('info'), warn: at('warn'), error: at('error') };
};
