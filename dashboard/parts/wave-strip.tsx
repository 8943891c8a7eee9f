import { useEffect, useRef } from 'preact/hooks';
import type { ApiChannel } from '../../model/api.ts';
import { waveTones } from '../ward/vital-list.ts';
import { placeStrip } from '../waves/strips.ts';

interface Props {
  readonly channel: ApiChannel;
  /** Name of the wave for people. */
  readonly name: string;
  /** What the canvas shows, in words. */
  readonly twin: string;
  /** Why nothing comes; null while it does. */
  readonly absent: string | null;
}

/** Room for a wave: the painter draws on the canvas above; this only says where, and in words what. */
export const WaveStrip = ({ channel, name, twin, absent }: Props) => {
  const strip = useRef<HTMLDivElement>(null);
  const tone = waveTones[channel.metric] ?? 'env';
  const isEkg = tone === 'ekg';
  useEffect(() => {
    const element = strip.current;
    if (!element) return undefined;
    return placeStrip(element, channel.channel, isEkg ? 'millivolt' : 'fit');
  }, [channel.channel, isEkg]);
  return (
    <figure class="wave" data-tone={tone}>
      <figcaption class="wave-caption">
        <span class="wave-name">{name}</span>
        <span class="wave-scale">≈25 mm/s{isEkg && ' · 1 mV'}</span>
        <span class="sr">{twin}</span>
      </figcaption>
      <div class="wave-strip" ref={strip}>
        {absent !== null && <span class="wave-absent">{absent}</span>}
      </div>
    </figure>
  );
};
