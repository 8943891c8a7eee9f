import type { RegisterBlock, RegisterTable } from './contract.ts';

/** A Modbus reply carries at most 125 registers; the library does not check it against every server (toolchain.md C5). */
export const MAX_REGISTERS = 125;

export interface RegisterSpan {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
}

export interface PlanOptions {
  /** False: one request for each value, for devices that answer only so. */
  readonly merge: boolean;
  /** Registers between two values that may be read over. */
  readonly maxGap: number;
  readonly maxRegisters: number;
  /** Registers after the last value of a block that the device also answers, so that lengths can be told apart. */
  readonly spare: number;
}

interface Run {
  readonly table: RegisterTable;
  readonly spans: RegisterSpan[];
  end: number;
}

const endOf = (span: RegisterSpan): number => span.address + span.count;

const inOrder = (spans: readonly RegisterSpan[]): RegisterSpan[] =>
  [...spans].sort((a, b) => a.table.localeCompare(b.table) || a.address - b.address || endOf(a) - endOf(b));

/** Neighbouring values, as far as they may be read together; values that share a register always are. */
const runsOf = (spans: readonly RegisterSpan[], options: PlanOptions): Run[] => {
  const runs: Run[] = [];
  for (const span of inOrder(spans)) {
    const run = runs.at(-1);
    const gap = run && run.table === span.table ? span.address - run.end : Number.POSITIVE_INFINITY;
    if (run && (gap < 0 || (options.merge && gap <= options.maxGap))) {
      run.spans.push(span);
      run.end = Math.max(run.end, endOf(span));
    } else runs.push({ table: span.table, spans: [span], end: endOf(span) });
  }
  return runs;
};

/** Where a run may be cut without splitting a value: the ends of its spans that no other span crosses. */
const cutsOf = (run: Run, start: number): number[] => {
  const ends = run.spans.map(endOf).filter((end) => end > start);
  return [...new Set(ends)].filter((end) => !run.spans.some((span) => span.address < end && endOf(span) > end));
};

interface Piece extends RegisterBlock {
  /** How long it may become. */
  readonly room: number;
}

/** The runs, cut so that no request is too long and pieces differ in length where the values allow it. */
const piecesOf = (spans: readonly RegisterSpan[], options: PlanOptions): Piece[] => {
  const limit = Math.min(options.maxRegisters, MAX_REGISTERS);
  const lengths = new Set<number>();
  return runsOf(spans, options).flatMap((run) => {
    const pieces: Piece[] = [];
    let start = run.spans[0]?.address ?? 0;
    while (start < run.end) {
      const address = start;
      const fitting = cutsOf(run, address).filter((end) => end - address <= limit);
      const fresh = fitting.filter((end) => !lengths.has(end - address));
      // A run that had to be cut is cut once more rather than into equal lengths; a short run is left whole.
      const whole = fitting.includes(run.end) && (pieces.length === 0 || fresh.includes(run.end));
      const end = whole ? run.end : (fresh.at(-1) ?? fitting.at(-1) ?? address + limit);
      const count = end - address;
      lengths.add(count);
      pieces.push({
        table: run.table,
        address,
        count,
        room: end === run.end ? Math.min(limit, count + options.spare) : count,
      });
      start = run.spans.find((span) => span.address >= end)?.address ?? run.end;
    }
    return pieces;
  });
};

/**
 * Requests that cover the spans. A late reply on RTU carries nothing that says which request it answers, except its
 * length (toolchain.md C5): so lengths are kept distinct where the spans and `spare` allow it.
 */
export const planRegisters = (spans: readonly RegisterSpan[], options: PlanOptions): readonly RegisterBlock[] => {
  const pieces = piecesOf(spans, options);
  const used = new Set<number>();
  const counts = new Map<Piece, number>();
  // Longest first: a long piece keeps its length, and a short one is filled up past it where that is allowed.
  for (const piece of [...pieces].sort((a, b) => b.count - a.count)) {
    let count = piece.count;
    while (used.has(count) && count < piece.room) count++;
    if (used.has(count)) count = piece.count;
    used.add(count);
    counts.set(piece, count);
  }
  return pieces.map((piece) => ({
    table: piece.table,
    address: piece.address,
    count: counts.get(piece) ?? piece.count,
  }));
};

/** True where two requests of one plan have answers of equal length: then only the quarantine tells them apart. */
export const hasEqualLengths = (blocks: readonly RegisterBlock[]): boolean =>
  new Set(blocks.map((block) => block.count)).size < blocks.length;
