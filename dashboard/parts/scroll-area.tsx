import type { ComponentChildren } from 'preact';

interface Props {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** What is wider than the screen scrolls by itself, and must be reached by keyboard to do so (WCAG 2.1.1). */
export const ScrollArea = ({ label, children }: Props) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area without focus cannot be scrolled by keyboard
  <section class="scroll" tabIndex={0} aria-label={label}>
    {children}
  </section>
);
