import type { AlertKind, Priority } from '../../model/alert.ts';

/** Triangle, diamond, square: the shape says the priority without colour (screens-and-alarms.md 1.4). */
const paths: Readonly<Record<Priority, string>> = {
  high: 'M10 1.5 19 18H1z',
  medium: 'M10 .8 19.2 10 10 19.2.8 10z',
  low: 'M2.5 2.5h15v15h-15z',
  information: 'M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18z',
};

export const PriorityShape = ({ priority }: { readonly priority: Priority }) => (
  <svg class="shape" viewBox="0 0 20 20" aria-hidden="true">
    <path d={paths[priority]} fill="currentColor" />
  </svg>
);

/** A gear marks what is about equipment, not about the patient. */
export const KindMark = ({ kind }: { readonly kind: AlertKind }) =>
  kind === 'technical' ? <span class="kind-mark">TECH</span> : null;
