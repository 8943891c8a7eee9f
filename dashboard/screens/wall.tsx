import { useEffect, useRef, useState } from 'preact/hooks';
import { BedTile } from '../parts/bed-tile.tsx';
import { Boundary } from '../parts/boundary.tsx';
import { RoomCard } from '../parts/room-card.tsx';
import { live } from '../store.ts';
import { bedsOf } from '../ward/bed.ts';
import { roomsOf } from '../ward/rooms.ts';
import { columnsFor } from '../ward/wall-grid.ts';

/** The ward wall: beds in the gateway's order, always; rooms beside them. */
export const Wall = () => {
  const ward = live.ward.value;
  const grid = useRef<HTMLDivElement>(null);
  const [columns, setColumns] = useState(3);
  const beds = ward === null ? [] : bedsOf(ward);
  const count = beds.length;
  useEffect(() => {
    const element = grid.current;
    if (!element) return undefined;
    const arrange = () => setColumns(columnsFor(count, element.clientWidth, element.clientHeight));
    const observer = new ResizeObserver(arrange);
    observer.observe(element);
    arrange();
    return () => observer.disconnect();
  }, [count]);
  if (ward === null) return <main class="wall" id="main" aria-busy="true" />;
  const rooms = roomsOf(ward);
  return (
    <main class="wall" id="main" data-rooms={rooms.length > 0}>
      <h1 class="sr">Ward {ward.name}</h1>
      <div class="beds" ref={grid} style={{ '--columns': String(columns) }}>
        {beds.map((place) => (
          <Boundary key={place.id} what={place.name}>
            <BedTile ward={ward} place={place} />
          </Boundary>
        ))}
        {beds.length === 0 && <p class="nothing">This site has no beds configured.</p>}
      </div>
      {rooms.length > 0 && (
        <section class="rooms" aria-labelledby="rooms-title">
          <h2 class="panel-title" id="rooms-title">
            Rooms and storage
          </h2>
          {rooms.map((place) => (
            <Boundary key={place.id} what={place.name}>
              <RoomCard ward={ward} place={place} />
            </Boundary>
          ))}
        </section>
      )}
    </main>
  );
};
