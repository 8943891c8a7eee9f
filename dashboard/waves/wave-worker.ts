import type { PainterMessage } from './messages.ts';
import { WavePainter } from './painter.ts';

/** The one worker that draws every wave of the page, away from alarms and numbers. */
const painter = new WavePainter();

const nextFrame: (task: () => void) => void =
  typeof requestAnimationFrame === 'function' ? requestAnimationFrame : (task) => setTimeout(task, 33);

const loop = (): void => {
  painter.draw(performance.now());
  nextFrame(loop);
};

addEventListener('message', (event: MessageEvent<PainterMessage>) => {
  const message = event.data;
  if (message.t === 'canvas') {
    painter.attach(message.canvas);
    loop();
  } else {
    painter.handle(message, performance.now());
  }
});
