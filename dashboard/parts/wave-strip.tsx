import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiChannel } from '../../model/api.ts';
import { gainFor } from '../waves/sweep.ts';
import { placeStrip } from '../waves/strips.ts';
import { waveTones } from '../ward/vital-list.ts';

interface Props {
  readonly channel: ApiChannel;
  /** Name of the wave for people. */
  readonly name: string;
  /** What the canvas shows, in words. */
  readonly twin: string;
}

/** Room for a wave: the painter draws on the canvas above; this only says where, and in words what. */
export const WaveStrip = ({ channel, name, twin }: Props) => {
  const strip = useRef<HTMLDivElement>(null);
  const [gain, setGain] = useState<number | null>(null);
  const tone = waveTones[channel.metric] ?? 'env';
  const isEkg = tone === 'ekg';
  useEffect(() => {
    const element = strip.current;
    if (!element) return undefined;
    return placeStrip(element, channel.channel, isEkg ? 'millivolt' : 'fit', (height) => setGain(gainFor(height)));
  }, [channel.channel, isEkg]);
  return (
    <figure class="wave" data-tone={tone}>
      <figcaption class="wave-caption">
        <span class="wave-name">{name}</span>
        <span class="wave-scale">≈25 mm/s{isEkg && gain !== null ? ` · ≈${gain} mm/mV` : ''}</span>
        <span class="sr">{twin}</span>
      </figcaption>
      <div class="wave-strip" ref={strip} />
    </figure>
  );
};
