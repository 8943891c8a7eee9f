import type { PainterMessage } from './messages.ts';
import { WavePainter } from './painter.ts';

/** Where waves are drawn. `post` never throws: a dead painter must not take alarms with it. */
export interface WaveHost {
  readonly kind: 'worker' | 'page';
  post(message: Exclude<PainterMessage, { t: 'canvas' }>): void;
}

const inWorker = (canvas: HTMLCanvasElement): WaveHost => {
  const worker = new Worker(new URL('./wave-worker.ts', import.meta.url), { type: 'module', name: 'waves' });
  const offscreen = canvas.transferControlToOffscreen();
  worker.postMessage({ t: 'canvas', canvas: offscreen } satisfies PainterMessage, [offscreen]);
  return {
    kind: 'worker',
    post: (message) => worker.postMessage(message, message.t === 'frame' ? [message.buffer] : []),
  };
};

/** Browsers without OffscreenCanvas: the same painter on the page. */
const onPage = (canvas: HTMLCanvasElement): WaveHost => {
  const painter = new WavePainter();
  painter.attach({
    get width() {
      return canvas.width;
    },
    set width(width) {
      canvas.width = width;
    },
    get height() {
      return canvas.height;
    },
    set height(height) {
      canvas.height = height;
    },
    getContext: () => canvas.getContext('2d'),
  });
  const loop = () => {
    painter.draw(performance.now());
    requestAnimationFrame(loop);
  };
  loop();
  return { kind: 'page', post: (message) => painter.handle(message, performance.now()) };
};

export const openWaveHost = (canvas: HTMLCanvasElement): WaveHost =>
  'transferControlToOffscreen' in canvas && typeof Worker === 'function' ? inWorker(canvas) : onPage(canvas);
