import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiEvidence } from '../../model/api.ts';
import { get, messageOf } from '../api/http.ts';
import { dateAndTime } from '../format/time.ts';
import { showReading } from '../format/value.ts';
import { navigate } from '../route.ts';
import { live } from '../store.ts';
import { asterisks, priorityWord, whereOf } from '../ward/alert-view.ts';
import { FrameView } from './frame-view.tsx';
import { PriorityShape } from './priority-shape.tsx';
import { ScrollArea } from './scroll-area.tsx';

const Step = ({
  n,
  title,
  children,
}: {
  readonly n: number;
  readonly title: string;
  readonly children: ComponentChildren;
}) => (
  <li class="step">
    <h3>
      <span class="step-number number" aria-hidden="true">
        {n}
      </span>
      {title}
    </h3>
    {children}
  </li>
);

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const Chain = ({ evidence }: { readonly evidence: ApiEvidence }) => {
  const { alert, rule, samples, frames, history } = evidence;
  const ward = live.ward.value;
  const metric = (id: string) => ward?.metrics.get(id);
  return (
    <ol class="chain">
      <Step n={1} title="Alert">
        <p class="chain-alert" data-priority={alert.priority}>
          <PriorityShape priority={alert.priority} /> {asterisks[alert.priority]} {priorityWord[alert.priority]}{' '}
          <strong>{alert.message}</strong>
        </p>
        <dl class="pairs">
          <dt>Where</dt>
          <dd>{ward === null ? (alert.place ?? '') : whereOf(ward, alert)}</dd>
          <dt>Raised</dt>
          <dd class="number">{dateAndTime(Date.parse(alert.raisedAt))}</dd>
          <dt>State</dt>
          <dd>
            {alert.state}, condition {alert.condition}
            {alert.latching ? ', latching' : ''}
          </dd>
          <dt>Code</dt>
          <dd class="code">{alert.code}</dd>
        </dl>
      </Step>
      <Step n={2} title="Rule">
        <p>
          {rule.title}{' '}
          <span class="code dim">
            {rule.id} v{rule.version}
          </span>
        </p>
        <dl class="pairs">
          {Object.entries(rule.parameters).map(([name, value]) => [
            <dt key={`${name}-name`} class="code">
              {name}
            </dt>,
            <dd key={`${name}-value`} class="number">
              {shown(value)}
            </dd>,
          ])}
        </dl>
        <ul class="rule-sources">
          {rule.sources.map((source) => (
            <li key={source.fact}>
              {source.fact} <cite>{source.source}</cite>
            </li>
          ))}
        </ul>
      </Step>
      <Step n={3} title="Samples that decided">
        {samples.length === 0 ? (
          <p class="nothing">None: the rule decided from what did not come.</p>
        ) : (
          <ScrollArea label="Samples">
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  <th scope="col">Value</th>
                  <th scope="col">Taken</th>
                  <th scope="col">Quality</th>
                  <th scope="col">Device</th>
                </tr>
              </thead>
              <tbody>
                {samples.map((sample) => {
                  const value = showReading(sample, metric(sample.metric)?.precision ?? 2);
                  return (
                    <tr key={sample.id}>
                      <td>{metric(sample.metric)?.name ?? sample.metric}</td>
                      <td class="number">
                        {value.text} {value.valid ? (metric(sample.metric)?.unitDisplay ?? sample.unit) : value.note}
                      </td>
                      <td class="number">{dateAndTime(Date.parse(sample.takenAt))}</td>
                      <td>
                        {[sample.quality, ...sample.reasons]
                          .filter((word, at, all) => all.indexOf(word) === at)
                          .join(', ')}
                      </td>
                      <td>{sample.device}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </ScrollArea>
        )}
      </Step>
      <Step n={4} title="Raw frames">
        {frames.length === 0 && <p class="nothing">No bytes: nothing was received.</p>}
        {frames.map((frame) => (
          <FrameView key={frame.digest} frame={frame} />
        ))}
      </Step>
      <Step n={5} title="What was done">
        <ol class="history">
          {history.map((entry) => (
            <li key={`${entry.at} ${entry.verb}`}>
              <time class="number" dateTime={entry.at}>
                {dateAndTime(Date.parse(entry.at))}
              </time>
              <strong>{entry.verb}</strong>
              {entry.by && <span>by {entry.by}</span>}
              <span class="dim">{entry.reason}</span>
            </li>
          ))}
        </ol>
      </Step>
    </ol>
  );
};

/** An alert explained down to the byte. Read again whenever its state changes. */
export const Evidence = ({ id, state }: { readonly id: string; readonly state: string | null }) => {
  const [evidence, setEvidence] = useState<ApiEvidence | null>(null);
  const [error, setError] = useState<string | null>(null);
  // A new state is a reason to ask again.
  useEffect(() => {
    let wanted = true;
    get<ApiEvidence>(`/alerts/${encodeURIComponent(id)}/evidence`)
      .then((answer) => wanted && setEvidence(answer))
      .catch((cause: unknown) => wanted && setError(messageOf(cause)));
    return () => {
      wanted = false;
    };
  }, [id, state]);
  return (
    <aside class="evidence" aria-labelledby="evidence-title">
      <div class="evidence-head">
        <h2 id="evidence-title">Why this alert?</h2>
        <button type="button" class="button" onClick={() => navigate('/alerts')}>
          Close
        </button>
      </div>
      {error !== null && <p class="form-error">{error}</p>}
      {evidence === null && error === null && <p class="nothing">Loading…</p>}
      {evidence !== null && <Chain evidence={evidence} />}
    </aside>
  );
};
