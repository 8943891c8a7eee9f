import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasEqualLengths, MAX_REGISTERS, planRegisters, type RegisterSpan } from '../../drivers/kit/register-plan.ts';

const merged = { merge: true, maxGap: 0, maxRegisters: MAX_REGISTERS, spare: 0 };
const at = (address: number, count = 1, table: 'input' | 'holding' = 'input'): RegisterSpan => ({
  table,
  address,
  count,
});

describe('the register planner', () => {
  it('reads neighbours together and the rest apart', () => {
    expect(planRegisters([at(3), at(1), at(2), at(10, 2), at(3, 1, 'holding')], merged)).toEqual([
      at(3, 1, 'holding'),
      at(1, 3),
      at(10, 2),
    ]);
  });

  it('reads over a gap only as far as it is allowed', () => {
    expect(planRegisters([at(0), at(3)], { ...merged, maxGap: 2 })).toEqual([at(0, 4)]);
    expect(planRegisters([at(0), at(3)], { ...merged, maxGap: 1 })).toHaveLength(2);
  });

  it('keeps each value a request of its own where merging is forbidden', () => {
    expect(planRegisters([at(0), at(1), at(1)], { ...merged, merge: false })).toEqual([at(0), at(1)]);
  });

  it('makes answers differ in length by registers that the device has anyway', () => {
    const blocks = planRegisters([at(0, 2), at(10, 2)], { ...merged, spare: 1 });
    expect(hasEqualLengths(blocks)).toBe(false);
    expect(hasEqualLengths(planRegisters([at(0, 2), at(10, 2)], merged))).toBe(true);
    expect(hasEqualLengths(planRegisters([at(0, 250)].flatMap(split), merged))).toBe(false);
  });

  it('covers every value whole, in one request, and never asks for more than allowed', () => {
    const span = fc.record({
      table: fc.constantFrom<'input' | 'holding'>('input', 'holding'),
      address: fc.integer({ min: 0, max: 600 }),
      count: fc.constantFrom(1, 2),
    });
    const options = fc.record({
      merge: fc.boolean(),
      maxGap: fc.integer({ min: 0, max: 20 }),
      maxRegisters: fc.integer({ min: 4, max: 200 }),
      spare: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(span, { maxLength: 60, selector: ({ table, address }) => `${table}${address >> 1}` }),
        options,
        (found, chosen) => {
          const spans = found.map((one) => ({ ...one, address: one.address & ~1 }));
          const blocks = planRegisters(spans, chosen);
          for (const { table, address, count } of spans) {
            const holding = blocks.filter((block) => {
              return (
                block.table === table && block.address <= address && address + count <= block.address + block.count
              );
            });
            expect(holding.length).toBeGreaterThan(0);
          }
          for (const block of blocks)
            expect(block.count).toBeLessThanOrEqual(Math.min(chosen.maxRegisters, MAX_REGISTERS));
        },
      ),
    );
  });
});

const split = (span: RegisterSpan): RegisterSpan[] =>
  Array.from({ length: span.count }, (_, index) => ({ ...span, address: span.address + index, count: 1 }));
