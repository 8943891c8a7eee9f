import { CodedError } from '../../model/errors.ts';
import { isRealLocalTime, localToUtc } from '../../model/time.ts';
import { defaultLimit, maximumLimit } from '../records/page.ts';

/*
 * FHIR R4 search parameters, read strictly: what is not understood is refused, never silently ignored, since ignoring
 * a filter answers with more than was asked for (another patient's record, for one).
 */

export type SearchErrorCode = 'search-unknown' | 'search-invalid';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export type ParameterType = 'token' | 'string' | 'date' | 'reference';

export interface SearchDefinition {
  readonly parameters: Readonly<Record<string, ParameterType>>;
  /** Parameters that `_sort` may name. */
  readonly sort?: readonly string[];
  /** Values that `_revinclude` may have. */
  readonly revinclude?: readonly string[];
}

export interface Token {
  /** undefined: any system; null: none (`|code`). */
  readonly system: string | null | undefined;
  /** undefined: any code of the system (`system|`). */
  readonly code: string | undefined;
}

export interface SearchReference {
  readonly type: string | null;
  readonly id: string;
}

/** Event time: from <= t < to. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Each list holds alternatives (`a,b`); each list of lists, repeated parameters that must all hold. */
export interface Search {
  readonly tokens: Readonly<Record<string, readonly (readonly Token[])[]>>;
  readonly strings: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly references: Readonly<Record<string, readonly (readonly SearchReference[])[]>>;
  readonly dates: Readonly<Record<string, Interval>>;
  readonly count: number;
  readonly sort: { readonly by: string; readonly descending: boolean } | null;
  readonly revinclude: readonly string[];
  readonly cursor: string | undefined;
}

const invalid = (parameter: string, message: string, hint: string): CodedError<SearchErrorCode> =>
  new CodedError('search-invalid', `${parameter}: ${message}`, { hint });

/** Parts between commas; `\,` is a comma of the value. */
const alternatives = (text: string): string[] =>
  text.split(/(?<!\\),/).map((part) => part.replace(/\\([,|$\\])/g, '$1'));

const parseToken = (text: string): Token => {
  const bar = text.indexOf('|');
  if (bar < 0) return { system: undefined, code: text };
  const system = text.slice(0, bar);
  const code = text.slice(bar + 1);
  return { system: system === '' ? null : system, code: code === '' ? undefined : code };
};

const parseReference = (parameter: string, text: string): SearchReference => {
  const match = /^(?:https?:\/\/\S+\/)?(?:([A-Z][A-Za-z]+)\/)?([A-Za-z0-9\-.]{1,64})$/.exec(text);
  const id = match?.[2];
  if (id === undefined) throw invalid(parameter, 'not a reference', 'Give e.g. `Patient/p1` or `p1`.');
  return { type: match?.[1] ?? null, id };
};

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** The time that a date of any precision stands for: a year, a month, a day, a minute, a second, a millisecond. */
export const parseDate = (parameter: string, text: string, zone: string): Interval => {
  // A `+` that was not escaped in the address arrives as a space.
  const match = DATE.exec(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  const bad = () => invalid(parameter, 'not a date', 'Give e.g. 2026-01-02 or 2026-01-02T03:04:05Z.');
  if (!match) throw bad();
  const [, year = '', month, day, hour, minute, second, fraction, offset] = match;
  const number = (part: string | undefined, otherwise: number) => (part === undefined ? otherwise : Number(part));
  const start = {
    year: Number(year),
    month: number(month, 1),
    day: number(day, 1),
    hour: number(hour, 0),
    minute: number(minute, 0),
    second: number(second, 0),
  };
  if (!isRealLocalTime(start)) throw bad();
  const moment = (local: typeof start): number => {
    if (offset === undefined) return localToUtc(local, zone);
    const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
    const shift = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second) - shift;
  };
  const from = moment(start) + (fraction === undefined ? 0 : Math.floor(Number(`0${fraction}`) * 1000));
  if (fraction !== undefined) return { from, to: from + 1 };
  if (second !== undefined) return { from, to: from + 1000 };
  if (minute !== undefined) return { from, to: from + 60_000 };
  if (day !== undefined) return { from, to: moment(next(start, 'day')) };
  return { from, to: moment(next(start, month === undefined ? 'year' : 'month')) };
};

/** The calendar's next day, month or year. */
const next = <T extends { year: number; month: number; day: number }>(local: T, step: 'day' | 'month' | 'year'): T => {
  const date = new Date(
    Date.UTC(
      local.year + (step === 'year' ? 1 : 0),
      local.month - 1 + (step === 'month' ? 1 : 0),
      local.day + (step === 'day' ? 1 : 0),
    ),
  );
  return { ...local, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

const parseDateFilter = (parameter: string, text: string, zone: string): Interval => {
  const prefix = /^[a-z]{2}(?=\d)/.exec(text)?.[0] ?? 'eq';
  const { from, to } = parseDate(parameter, text.replace(/^[a-z]{2}(?=\d)/, ''), zone);
  switch (prefix) {
    case 'eq':
      return { from, to };
    case 'ge':
      return { from, to: Number.POSITIVE_INFINITY };
    case 'gt':
      return { from: to, to: Number.POSITIVE_INFINITY };
    case 'lt':
      return { from: Number.NEGATIVE_INFINITY, to: from };
    case 'le':
      return { from: Number.NEGATIVE_INFINITY, to };
    default:
      throw invalid(parameter, `prefix ${prefix} is not supported`, 'Use eq, ge, gt, le or lt.');
  }
};

const intersect = (a: Interval, b: Interval): Interval => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});

const single = (parameter: string, values: readonly string[]): string => {
  const [value, ...rest] = values;
  if (value === undefined || rest.length > 0) throw invalid(parameter, 'given more than once', 'Give it once.');
  return value;
};

const parseCount = (values: readonly string[]): number => {
  const text = single('_count', values);
  if (!/^\d{1,6}$/.test(text)) throw invalid('_count', 'not a number', `Give 0 to ${maximumLimit}.`);
  return Math.min(maximumLimit, Number(text));
};

const parseSort = (definition: SearchDefinition, values: readonly string[]): Search['sort'] => {
  const text = single('_sort', values);
  const by = text.replace(/^-/, '');
  if (!definition.sort?.includes(by)) {
    throw invalid('_sort', `cannot sort by ${by}`, `Sort by ${(definition.sort ?? []).join(', ') || 'nothing'}.`);
  }
  return { by, descending: text.startsWith('-') };
};

/** Parameters of every search besides a resource's own. */
const general = ['_count', '_sort', '_cursor', '_format', '_revinclude'];

/** Reads a query. Throws CodedError<SearchErrorCode> naming the parameter it does not understand. */
export const parseSearch = (definition: SearchDefinition, query: Query, zone: string): Search => {
  const tokens: Record<string, Token[][]> = {};
  const strings: Record<string, string[][]> = {};
  const references: Record<string, SearchReference[][]> = {};
  const dates: Record<string, Interval> = {};
  let count = defaultLimit;
  let sort: Search['sort'] = null;
  let cursor: string | undefined;
  let revinclude: readonly string[] = [];

  for (const [name, given] of Object.entries(query)) {
    if (given === undefined) continue;
    const values = typeof given === 'string' ? [given] : given;
    if (values.length === 0 || values.some((value) => value === '')) throw invalid(name, 'empty', 'Give it a value.');
    const type = Object.hasOwn(definition.parameters, name) ? definition.parameters[name] : undefined;
    const each = <T>(parse: (text: string) => T): T[][] => values.map((value) => alternatives(value).map(parse));
    if (type === 'token') tokens[name] = each(parseToken);
    else if (type === 'string') strings[name] = each((text) => text);
    else if (type === 'reference') references[name] = each((text) => parseReference(name, text));
    else if (type === 'date') {
      dates[name] = values.map((value) => parseDateFilter(name, value, zone)).reduce(intersect);
    } else if (name === '_count') count = parseCount(values);
    else if (name === '_sort') sort = parseSort(definition, values);
    else if (name === '_cursor') cursor = single(name, values);
    else if (name === '_revinclude' && definition.revinclude) {
      const unknown = values.find((value) => !definition.revinclude?.includes(value));
      if (unknown !== undefined)
        throw invalid(name, `${unknown} is not supported`, `Use ${definition.revinclude.join()}.`);
      revinclude = values;
    } else if (name !== '_format') {
      const known = [...Object.keys(definition.parameters), ...general].join(', ');
      throw new CodedError('search-unknown', `The search parameter ${name} is not supported here.`, {
        hint: `Known are ${known}.`,
      });
    }
  }
  return { tokens, strings, references, dates, count, sort, cursor, revinclude };
};

/** True where a token of every list is among the codings or identifiers of a thing. */
export const matchesTokens = (
  lists: readonly (readonly Token[])[] | undefined,
  carried: readonly { readonly system?: string; readonly value: string }[],
): boolean =>
  (lists ?? []).every((list) =>
    list.some((token) =>
      carried.some(
        (each) =>
          (token.code === undefined || token.code === each.value) &&
          (token.system === undefined || (token.system ?? undefined) === each.system),
      ),
    ),
  );

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** FHIR's string search: begins with, whatever case and accents. */
export const matchesStrings = (
  lists: readonly (readonly string[])[] | undefined,
  carried: readonly string[],
): boolean =>
  (lists ?? []).every((list) => list.some((text) => carried.some((each) => folded(each).startsWith(folded(text)))));
