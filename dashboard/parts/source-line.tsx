import { type Source, stateWords } from '../ward/bed.ts';

/** Row 6 of a tile: where the numbers come from, and how long ago. */
export const SourceLine = ({ sources }: { readonly sources: readonly Source[] }) => (
  <ul class="sources" aria-label="Devices">
    {sources.map((source) => (
      <li key={source.id} class="source" data-state={source.state} title={source.why ?? stateWords[source.state]}>
        <span class="state-dot" data-state={source.state} aria-hidden="true" />
        <span class="source-name">{source.name}</span>
        <span class="number">{source.freshness}</span>
      </li>
    ))}
  </ul>
);
