/**
 * What the devices behind one line (the modules of a pump rack) have to agree on: whose turn it is to ask, and who
 * answers what is addressed to none of them.
 */
export interface SharedLine {
  /** Runs when everything asked for before is done; a failure does not stop the next. */
  turn<Result>(task: () => Promise<Result>): Promise<Result>;
  join(): Seat;
}

export interface Seat {
  readonly isFirst: boolean;
  leave(): void;
}

export const createSharedLine = (): SharedLine => {
  let tail: Promise<unknown> = Promise.resolve();
  const seats: Seat[] = [];
  return {
    turn<Result>(task: () => Promise<Result>): Promise<Result> {
      const turn = tail.then(task);
      tail = turn.catch(() => undefined);
      return turn;
    },
    join() {
      const seat: Seat = {
        get isFirst() {
          return seats[0] === seat;
        },
        leave() {
          const at = seats.indexOf(seat);
          if (at >= 0) seats.splice(at, 1);
        },
      };
      seats.push(seat);
      return seat;
    },
  };
};
