import type { Priority } from '../../model/alert.ts';
import { session, signOut } from '../api/session.ts';
import { age, timeWithSeconds } from '../format/time.ts';
import { type Route, route } from '../route.ts';
import { live } from '../store.ts';
import { groupAlerts, priorityWord } from '../ward/alert-view.ts';
import { FreshnessChip } from './freshness-chip.tsx';
import { PriorityShape } from './priority-shape.tsx';
import { SoundButton } from './sound-button.tsx';

const tabs: readonly { readonly href: string; readonly text: string; readonly screens: readonly Route['screen'][] }[] =
  [
    { href: '/', text: 'Ward', screens: ['wall', 'bed'] },
    { href: '/alerts', text: 'Alerts', screens: ['alerts'] },
    { href: '/devices', text: 'Devices', screens: ['devices'] },
  ];

const counted: readonly Priority[] = ['high', 'medium', 'low'];

export const needingCount = (): number => {
  const ward = live.ward.value;
  return ward === null ? 0 : groupAlerts(ward.alerts.values(), live.now.value).needing.length;
};

const Counts = () => {
  const ward = live.ward.value;
  if (ward === null) return null;
  const { needing } = groupAlerts(ward.alerts.values(), live.now.value);
  return (
    <a class="counts" href="/alerts">
      <span class="sr">Not acknowledged:</span>
      {counted.map((priority) => {
        const count = needing.filter((alert) => alert.priority === priority).length;
        return (
          <span
            key={priority}
            class="count"
            data-priority={priority}
            data-some={count > 0}
            title={priorityWord[priority]}
          >
            <PriorityShape priority={priority} />
            <span class="sr">{priorityWord[priority]}</span>
            <span class="number">{count}</span>
          </span>
        );
      })}
    </a>
  );
};

export const Tabs = ({ where }: { readonly where: 'top' | 'bottom' }) => {
  const needing = needingCount();
  return (
    <nav class={`tabs tabs-${where}`} aria-label={where === 'top' ? 'Screens' : 'Screens, bottom'}>
      {tabs.map(({ href, text, screens }) => (
        <a key={href} class="tab" href={href} aria-current={screens.includes(route.value.screen) ? 'page' : undefined}>
          {text}
          {href === '/alerts' && needing > 0 && <span class="badge number">{needing}</span>}
        </a>
      ))}
    </nav>
  );
};

export const SignOut = ({ name }: { readonly name: string }) => (
  <button type="button" class="button small" title={`Signed in: ${name}`} onClick={() => void signOut()}>
    Sign out
  </button>
);

export const Header = () => {
  const now = session.value;
  const skew = live.skewMs.value;
  const ward = live.ward.value;
  return (
    <header class="header">
      <a class="brand" href="/" aria-label="Wardwire, ward wall">
        <svg viewBox="0 0 40 24" aria-hidden="true">
          <path
            d="M1 14h9l2.5-4 3 4 3-12 4.5 20 2.5-8H39"
            fill="none"
            stroke="currentColor"
            stroke-width="2.4"
            stroke-linecap="round"
            stroke-linejoin="round"
          />
        </svg>
        <span class="brand-name">Wardwire</span>
      </a>
      <span class="ward-name">{ward?.name ?? ''}</span>
      {ward?.simulated && <strong class="simulated-tag">SIMULATED</strong>}
      <Tabs where="top" />
      <span class="header-gap" />
      <Counts />
      {skew !== null && (
        <span class="chip skew" title="Times on this screen are the gateway's">
          This computer's clock is {age(Math.abs(skew))} {skew > 0 ? 'fast' : 'slow'}
        </span>
      )}
      <SoundButton />
      <FreshnessChip />
      <time class="clock number">{timeWithSeconds(live.now.value)}</time>
      {now.state === 'signed-in' && (
        <span class="who">
          <span class="who-name">
            {now.me.name} <span class="dim">{now.me.role}</span>
          </span>
          <SignOut name={now.me.name} />
        </span>
      )}
    </header>
  );
};
