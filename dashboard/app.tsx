import { session } from './api/session.ts';
import { Announcer } from './parts/announcer.tsx';
import { Boundary } from './parts/boundary.tsx';
import { NotLiveCover } from './parts/freshness-chip.tsx';
import { Header, SignOut, Tabs } from './parts/header.tsx';
import { Stage } from './parts/stage.tsx';
import { route } from './route.ts';
import { Alerts } from './screens/alerts.tsx';
import { Bed } from './screens/bed.tsx';
import { Devices } from './screens/devices.tsx';
import { SignIn } from './screens/sign-in.tsx';
import { Wall } from './screens/wall.tsx';
import { live } from './store.ts';

const Screen = () => {
  const now = route.value;
  switch (now.screen) {
    case 'wall':
      return <Wall />;
    case 'bed':
      return <Bed key={now.id} id={now.id} />;
    case 'alerts':
      return <Alerts id={now.id} />;
    case 'devices':
      return <Devices id={now.id} />;
    case 'not-found':
      return (
        <main class="page" id="main">
          <h1>No such screen</h1>
          <p>
            <a href="/">Go to the ward wall</a>
          </p>
        </main>
      );
  }
};

export const App = () => {
  const who = session.value;
  if (who.state === 'unknown') return <main id="main" aria-busy="true" />;
  if (who.state !== 'signed-in') return <SignIn />;
  const simulated = live.simulated.value;
  return (
    <div class="app" data-screen={route.value.screen} data-simulated={simulated} data-level={live.level.value}>
      <a class="skip" href="#main">
        Skip to the ward
      </a>
      <Announcer />
      <Header />
      <Stage>
        <Boundary what="This screen">
          <Screen />
        </Boundary>
        <NotLiveCover />
      </Stage>
      <footer class="footer">
        <span>Secondary system — the bedside device is the primary alarm.</span>
        {simulated && <strong>SIMULATED ward: no real patients.</strong>}
        <span class="footer-who">
          {who.me.name} <SignOut name={who.me.name} />
        </span>
      </footer>
      <Tabs where="bottom" />
    </div>
  );
};
