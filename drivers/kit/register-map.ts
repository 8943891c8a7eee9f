import type { RegisterBlock, RegisterImage, RegisterTable } from './contract.ts';

interface At {
  readonly table: RegisterTable;
  readonly address: number;
}

const isRegister = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff;

/** Registers by table and address, over the blocks of one poll. What a block did not bring is not there. */
export class RegisterMap {
  private readonly blocks: readonly RegisterBlock[];
  private readonly registers: (number | undefined)[][];

  private constructor(blocks: readonly RegisterBlock[], registers: (number | undefined)[][]) {
    this.blocks = blocks;
    this.registers = registers;
  }

  static of(blocks: readonly RegisterBlock[], image: RegisterImage): RegisterMap {
    return new RegisterMap(
      blocks,
      blocks.map((block, index) =>
        Array.from({ length: block.count }, (_, offset) => {
          const register = image[index]?.[offset];
          return isRegister(register) ? register : undefined;
        }),
      ),
    );
  }

  static empty(blocks: readonly RegisterBlock[]): RegisterMap {
    return new RegisterMap(
      blocks,
      blocks.map((block) => new Array<number>(block.count).fill(0)),
    );
  }

  /** The registers from there on, up to the first that is missing. */
  read(at: At, count: number): number[] {
    const found: number[] = [];
    for (let step = 0; step < count; step++) {
      const register = this.slot({ table: at.table, address: at.address + step }, (row, column) => row[column]);
      if (register === undefined) break;
      found.push(register);
    }
    return found;
  }

  write(at: At, registers: readonly number[]): void {
    for (const [step, register] of registers.entries()) {
      this.slot({ table: at.table, address: at.address + step }, (row, column) => {
        row[column] = register;
        return register;
      });
    }
  }

  /** Sets the masked bits of one register and leaves the others. */
  merge(at: At, mask: number, bits: number): void {
    const [register = 0] = this.read(at, 1);
    this.write(at, [(register & ~mask & 0xffff) | (bits & mask)]);
  }

  image(): RegisterImage {
    return this.registers.map((row) => row.map((register) => register ?? 0));
  }

  private slot<T>(at: At, use: (row: (number | undefined)[], column: number) => T): T | undefined {
    for (const [index, block] of this.blocks.entries()) {
      const column = at.address - block.address;
      const row = this.registers[index];
      if (row && block.table === at.table && column >= 0 && column < block.count) return use(row, column);
    }
    return undefined;
  }
}
