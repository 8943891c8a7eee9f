/** Beside the age of a value: drawn, because not every font has a clock. */
export const ClockMark = () => (
  <svg class="clock-mark" viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
    <path d="M8 4.4V8l2.4 1.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
  </svg>
);
