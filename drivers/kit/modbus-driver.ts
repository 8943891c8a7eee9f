import { findMetric } from '../../model/metrics.ts';
import type { Quality, QualityReason } from '../../model/quality.ts';
import { chance, integer, type Random } from '../../model/random.ts';
import type { DriverNumeric, DriverSample, DriverStatus, ModbusDriver, RegisterImage } from './contract.ts';
import type { ModbusProfile, ProfilePoint, ProfileStatus } from './modbus-profile.ts';
import { RegisterMap } from './register-map.ts';
import { planRegisters, type RegisterSpan } from './register-plan.ts';
import { type RegisterLayout, rangeOf, readRaw, shortestFloat32, widthOf, writeRaw } from './register-value.ts';

/** A Modbus driver that still knows its profile: for annotation and documentation. */
export interface ProfileDriver extends ModbusDriver {
  readonly profile: ModbusProfile;
}

/** Status code of the driver's own: a self-test register does not read what the maker says. */
export const SELF_TEST_FAILED = 'self-test-failed';

type Located = Pick<ProfilePoint, 'type' | 'wordOrder' | 'byteOrder'>;
type Values = Readonly<Record<string, number | null>>;

export const layoutOf = (profile: ModbusProfile, located: Located): RegisterLayout => ({
  type: located.type,
  wordOrder: located.wordOrder ?? profile.wordOrder,
  byteOrder: located.byteOrder ?? profile.byteOrder,
});

const statusLayout = (profile: ModbusProfile, status: ProfileStatus): RegisterLayout =>
  layoutOf(profile, { ...status, type: 'u16', wordOrder: undefined });

const hex = (raw: number): string => `0x${raw.toString(16).toUpperCase().padStart(4, '0')}`;

/** Decimal noise of binary multiplication removed: 54.6, not 54.600000000000001. */
const scaled = (raw: number, point: ProfilePoint): number => {
  const value = raw * point.scale + point.offset;
  return point.type === 'f32' && point.scale === 1 && point.offset === 0
    ? shortestFloat32(value)
    : Number(value.toPrecision(12));
};

const meaningOf = (raw: number | null, point: ProfilePoint): Pick<DriverNumeric, 'value' | 'reasons'> => {
  if (raw === null) return { value: null, reasons: ['no-signal'] };
  const invalid = point.invalidValues.find((candidate) => Object.is(candidate.raw, raw) || candidate.raw === raw);
  if (invalid) return { value: null, reasons: [invalid.reason] };
  // NaN is how a float register says "not available" (protocols.md 5.3); an infinity is no measurement either.
  if (!Number.isFinite(raw)) return { value: null, reasons: ['not-measured'] };
  return { value: scaled(raw, point) };
};

interface Mark {
  readonly quality: Quality;
  readonly reason: QualityReason;
}

/** The raw number that says "no value": the profile's, NaN, or else the one furthest from anything possible. */
const missingRaw = (point: ProfilePoint): number => {
  const declared = point.invalidValues[0];
  if (declared) return declared.raw;
  const range = rangeOf(point.type);
  if (!range) return Number.NaN;
  return range.low < 0 ? range.low : range.high;
};

class Decoder {
  private readonly profile: ModbusProfile;
  private readonly map: RegisterMap;
  private readonly marks: Mark[] = [];

  constructor(profile: ModbusProfile, map: RegisterMap) {
    this.profile = profile;
    this.map = map;
  }

  samples(): DriverSample[] {
    const tests = this.selfTests();
    const failed = tests.some((test) => test.active === true);
    const statuses = this.profile.statuses.flatMap((status) => this.statusSamples(status));
    const points = this.profile.points.map((point) => this.point(point, failed));
    return [...points, ...statuses, ...tests];
  }

  private selfTests(): DriverStatus[] {
    const { selfTests } = this.profile;
    if (selfTests.length === 0) return [];
    const read = selfTests.map((test) => ({
      test,
      raw: readRaw(this.map.read(test, widthOf(test.type)), layoutOf(this.profile, test)),
    }));
    const wrong = read.find(
      ({ test, raw }) => raw !== null && raw !== (test.type === 'f32' ? Math.fround(test.expect) : test.expect),
    );
    const unread = read.some(({ raw }) => raw === null);
    return [
      {
        kind: 'status',
        code: SELF_TEST_FAILED,
        active: wrong ? true : unread ? null : false,
        role: 'alarm',
        alertKind: 'technical',
        priority: 'medium',
        text: 'Self-test register reads wrong: check word order, byte order and address',
        ...(wrong ? { detail: `register ${hex(wrong.test.address)}: ${wrong.raw}, not ${wrong.test.expect}` } : {}),
      },
    ];
  }

  private statusSamples(status: ProfileStatus): DriverStatus[] {
    const raw = readRaw(this.map.read(status, 1), statusLayout(this.profile, status));
    return Object.entries(status.bits).map(([number, bit]) => {
      const active = raw === null ? null : ((raw >>> Number(number)) & 1) !== (bit.inverted ? 1 : 0);
      if (active && bit.marks) this.marks.push(bit.marks);
      return {
        kind: 'status',
        code: bit.code,
        active,
        role: bit.role,
        alertKind: 'technical',
        priority: bit.priority,
        text: bit.text,
        ...(raw === null ? {} : { detail: hex(raw) }),
      };
    });
  }

  private point(point: ProfilePoint, selfTestFailed: boolean): DriverNumeric {
    const raw = readRaw(this.map.read(point, widthOf(point.type)), layoutOf(this.profile, point));
    const common = { kind: 'numeric', metric: point.metric, unit: point.unit } as const;
    const none = (quality: Quality, reason: QualityReason): DriverNumeric => ({
      ...common,
      value: null,
      quality,
      reasons: [reason],
    });
    if (selfTestFailed) return none('invalid', 'inconsistent');
    if (point.validWhen) {
      const [register] = this.map.read(point.validWhen, 1);
      if (register === undefined) return none('missing', 'no-signal');
      if ((register & point.validWhen.mask) !== point.validWhen.equals) return none('missing', point.validWhen.reason);
    }
    const { value, reasons = [] } = meaningOf(raw, point);
    if (value === null) return { ...common, value, quality: 'missing', reasons };
    if (this.marks.length === 0) return { ...common, value };
    return {
      ...common,
      value,
      quality: this.marks.some((mark) => mark.quality === 'invalid') ? 'invalid' : 'questionable',
      reasons: [...new Set(this.marks.map((mark) => mark.reason))],
    };
  }
}

const spansOf = (profile: ModbusProfile): RegisterSpan[] => [
  ...[...profile.points, ...profile.selfTests].map(({ table, address, type }) => ({
    table,
    address,
    count: widthOf(type),
  })),
  ...profile.statuses.map(({ table, address }) => ({ table, address, count: 1 })),
  ...profile.points.flatMap(({ validWhen }) =>
    validWhen ? [{ table: validWhen.table, address: validWhen.address, count: 1 }] : [],
  ),
];

/** A whole raw number that the type holds and whose value the metric can have. */
const anyRaw = (random: Random, point: ProfilePoint): number => {
  const possible = findMetric(point.metric)?.possible ?? { low: 0, high: 1 };
  const range = rangeOf(point.type) ?? { low: -1e9, high: 1e9 };
  const ends = [possible.low, possible.high].map((value) => (value - point.offset) / point.scale);
  const low = Math.max(range.low, Math.ceil(Math.min(...ends)));
  const high = Math.min(range.high, Math.floor(Math.max(...ends)));
  return point.type === 'f32' ? Math.fround(low + random.next() * (high - low)) : integer(random, low, high);
};

/** Compiles a profile. The driver's `decode` is total: a register that is not there gives no value, with the reason. */
export const modbusDriver = (profile: ModbusProfile): ProfileDriver => {
  const blocks = planRegisters(spansOf(profile), profile.reading);
  const bits = profile.statuses.flatMap((status) => Object.values(status.bits));

  const encode = (values: Values): RegisterImage => {
    const map = RegisterMap.empty(blocks);
    for (const status of profile.statuses) {
      let raw = 0;
      for (const [number, bit] of Object.entries(status.bits)) {
        const active = Object.hasOwn(values, bit.code) && Boolean(values[bit.code]);
        if (active !== bit.inverted) raw |= 1 << Number(number);
      }
      map.write(status, writeRaw(raw, statusLayout(profile, status)));
    }
    for (const point of profile.points) {
      const value = Object.hasOwn(values, point.metric) ? (values[point.metric] ?? null) : null;
      const raw = value === null ? missingRaw(point) : (value - point.offset) / point.scale;
      map.write(point, writeRaw(raw, layoutOf(profile, point)));
      if (point.validWhen) map.merge(point.validWhen, point.validWhen.mask, point.validWhen.equals);
    }
    const broken = Object.hasOwn(values, SELF_TEST_FAILED) && Boolean(values[SELF_TEST_FAILED]);
    for (const test of profile.selfTests) {
      map.write(test, writeRaw(broken ? 0 : test.expect, layoutOf(profile, test)));
    }
    return map.image();
  };

  return {
    wire: 'modbus',
    id: profile.id,
    title: profile.title,
    manufacturer: profile.manufacturer,
    model: profile.model,
    class: profile.class,
    metrics: profile.points.map((point) => point.metric),
    silentAfterMs: profile.silentAfterSeconds * 1000,
    clock: 'none',
    options: {},
    quirks: profile.quirks,
    evidence: profile.evidence,
    serial: profile.serial,
    unitId: profile.unitId,
    pollMs: profile.pollSeconds * 1000,
    blocks,
    profile,
    decode: (image) => new Decoder(profile, RegisterMap.of(blocks, image)).samples(),
    encode,
    any: (random) => ({
      ...Object.fromEntries(
        profile.points.map((point) => {
          const canBeMissing = point.type === 'f32' || point.invalidValues.length > 0;
          const raw = anyRaw(random, point);
          return [point.metric, canBeMissing && chance(random, 0.1) ? null : meaningOf(raw, point).value];
        }),
      ),
      ...Object.fromEntries(bits.map((bit) => [bit.code, chance(random, 0.2) ? 1 : 0])),
    }),
  };
};
