/** Tiles look right at about this ratio of width to height. */
const WANTED_RATIO = 1.5;
/** Below this a tile cannot show its vitals beside each other (screens-and-alarms.md 1.3: M). */
const NARROWEST_PX = 280;

/** A tile lower than this lays its parts side by side, and needs this much width for it (styles/wall.css). */
const FLAT_PX = 215;
const FLAT_NEEDS_PX = 370;
const CRAMPED_COST = 2;

/** How many columns show `count` beds best in an area: near the wanted ratio, without many empty places. */
export const columnsFor = (count: number, width: number, height: number): number => {
  if (count <= 0) return 1;
  const most = Math.max(1, Math.min(count, Math.floor(width / NARROWEST_PX)));
  let best = 1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= most; columns++) {
    const rows = Math.ceil(count / columns);
    const ratio = width / columns / (height / rows);
    const empty = (rows * columns - count) / count;
    const cramped = height / rows < FLAT_PX && width / columns < FLAT_NEEDS_PX ? CRAMPED_COST : 0;
    const cost = Math.abs(Math.log(ratio / WANTED_RATIO)) + empty + cramped;
    if (cost < bestCost) {
      best = columns;
      bestCost = cost;
    }
  }
  return best;
};
