import { disableSound, enableSound, sound } from '../store.ts';

/** Browsers allow sound only after a gesture; until then the screen says that it is mute (screens-and-alarms.md 1.6). */
export const SoundButton = () => {
  const state = sound.value;
  if (state === 'on') {
    return (
      <button type="button" class="chip sound" data-state="on" onClick={disableSound} title="Turn sound off here">
        <Speaker on /> Sound on
      </button>
    );
  }
  return (
    <button type="button" class="chip sound" data-state="off" onClick={() => void enableSound()}>
      <Speaker on={false} />
      <strong>SOUND OFF</strong>
      <span class="sound-ask">{state === 'blocked' ? 'Blocked — press again' : 'Enable sound'}</span>
    </button>
  );
};

const Speaker = ({ on }: { readonly on: boolean }) => (
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M3 7.5h3.2L11 3.5v13L6.2 12.5H3z" fill="currentColor" />
    <path
      d={on ? 'M13.5 7a4.2 4.2 0 0 1 0 6M15.6 4.9a7.2 7.2 0 0 1 0 10.2' : 'm13.4 7.6 4.8 4.8m0-4.8-4.8 4.8'}
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
    />
  </svg>
);
