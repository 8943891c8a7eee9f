import { render } from 'preact';
import { App } from './app.tsx';
import { startRouting } from './route.ts';
import { start } from './store.ts';
import './styles/base.css';
import './styles/cover.css';
import './styles/sign-in.css';
import './styles/evidence.css';
import './styles/shell.css';
import './styles/alarm.css';
import './styles/vitals.css';
import './styles/wall.css';
import './styles/pumps-and-sources.css';
import './styles/rooms.css';
import './styles/tile-sizes.css';
import './styles/bed.css';
import './styles/alerts.css';
import './styles/devices.css';

const root = document.getElementById('app');
if (root) {
  startRouting();
  render(<App />, root);
  start();
}
