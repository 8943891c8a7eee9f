import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { repeat } from '../browser-clock.ts';
import { postToPainter, useWaveHost } from '../store.ts';
import { measureSoon, useStage } from '../waves/strips.ts';
import { openWaveHost } from '../waves/wave-host.ts';

/** Sharper than this costs more than the eye gains (screens-and-alarms.md 6.3). */
const MOST_RATIO = 2;
/** A canvas taller than this is refused by some graphics cards. */
const TALLEST_PX = 4096;
/** Things above a strip may move it without a change of size. */
const MEASURE_EVERY_MS = 500;

/** The one canvas of the page, over the content it belongs to. It lives as long as the page. */
export const Stage = ({ children }: { readonly children: ComponentChildren }) => {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const area = stage.current;
    const surface = canvas.current;
    if (!area || !surface) return undefined;
    useWaveHost(openWaveHost(surface));
    useStage(area);
    let sent = '';
    const resize = () => {
      const width = area.clientWidth;
      const height = Math.min(TALLEST_PX, area.clientHeight);
      const ratio = Math.min(MOST_RATIO, devicePixelRatio || 1);
      const text = `${width} ${height} ${ratio}`;
      if (text === sent) return;
      sent = text;
      surface.style.width = `${width}px`;
      surface.style.height = `${height}px`;
      postToPainter({ t: 'size', width, height, ratio });
    };
    const observer = new ResizeObserver(resize);
    observer.observe(area);
    resize();
    const cancel = repeat(MEASURE_EVERY_MS, () => {
      resize();
      measureSoon();
    });
    return () => {
      cancel();
      observer.disconnect();
    };
  }, []);
  return (
    <div class="stage" ref={stage}>
      {children}
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus; each strip has a text twin */}
      <canvas class="waves" ref={canvas} aria-hidden="true" />
    </div>
  );
};
