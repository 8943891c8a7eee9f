import { useState } from 'preact/hooks';
import type { ApiEvidence } from '../../model/api.ts';
import { coverage, hexBytes, printable } from '../format/bytes.ts';
import { dateAndTime } from '../format/time.ts';
import { ScrollArea } from './scroll-area.tsx';

type Frame = ApiEvidence['frames'][number];

const PER_ROW = 16;
const COLOURS = 6;

const offset = (at: number): string => at.toString(16).toUpperCase().padStart(4, '0');

const rangeOf = ({ from, to }: Frame['annotations'][number]): string =>
  to - from === 1 ? String(from) : `${from}–${to - 1}`;

/** Raw bytes, each coloured and numbered like the meaning it has. */
export const FrameView = ({ frame }: { readonly frame: Frame }) => {
  const [marked, setMarked] = useState<number | null>(null);
  const bytes = hexBytes(frame.hex);
  const owners = coverage(bytes.length, frame.annotations);
  const rows = Array.from({ length: Math.ceil(bytes.length / PER_ROW) }, (_, row) => row * PER_ROW);
  const tint = (owner: number): number | undefined => (owner < 0 ? undefined : owner % COLOURS);
  return (
    <article class="frame">
      <p class="frame-head">
        <span class="code">{frame.driver}</span>
        <span class="number">{dateAndTime(Date.parse(frame.receivedAt))}</span>
        {frame.address && <span class="code">{frame.address}</span>}
        <span class="code dim">sha256 {frame.digest}</span>
      </p>
      <ScrollArea label={`${bytes.length} raw bytes`}>
        <div class="hex">
          {rows.map((start) => (
            <div key={start} class="hex-row">
              <span class="hex-offset">{offset(start)}</span>
              <span class="hex-bytes">
                {bytes.slice(start, start + PER_ROW).map((byte, at) => {
                  const owner = owners[start + at] ?? -1;
                  return (
                    <span key={at} class="byte" data-tint={tint(owner)} data-marked={owner >= 0 && owner === marked}>
                      {byte}
                    </span>
                  );
                })}
              </span>
              <span class="hex-text" aria-hidden="true">
                {bytes
                  .slice(start, start + PER_ROW)
                  .map(printable)
                  .join('')}
              </span>
            </div>
          ))}
        </div>
      </ScrollArea>
      {frame.annotations.length > 0 && (
        <ol class="meanings">
          {frame.annotations.map((annotation, index) => (
            <li
              key={`${annotation.from}-${annotation.to}`}
              class="meaning"
              onMouseEnter={() => setMarked(index)}
              onMouseLeave={() => setMarked(null)}
            >
              <span class="swatch number" data-tint={tint(index)}>
                {rangeOf(annotation)}
              </span>
              <span>{annotation.text}</span>
            </li>
          ))}
        </ol>
      )}
      {frame.decoded.length > 0 && (
        <div class="decoded">
          <span class="dim">Decoded again now:</span>
          {frame.decoded.map((line) => (
            <span key={line} class="code">
              {line}
            </span>
          ))}
        </div>
      )}
    </article>
  );
};
