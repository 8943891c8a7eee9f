import type { GatewayCounter } from '../api/ports.ts';
import type { DeviceRuntime } from '../devices/device-runtime.ts';
import type { Link } from '../links/contract.ts';
import type { SinkReport } from '../sinks/contract.ts';

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export interface CounterSources {
  readonly devices: readonly DeviceRuntime[];
  readonly links: readonly Link[];
  readonly sinks: readonly SinkReport[];
  readonly journal: { readonly head: number; readonly pending: number };
  readonly rules: Readonly<Record<string, number>>;
  readonly alerts: Readonly<Record<string, number>>;
  readonly quarantined: number;
}

/** The gateway's numbers for `/metrics`. Labels name devices, links and sinks, never a patient. */
export const gatewayCounters = (sources: CounterSources): GatewayCounter[] => {
  const counters: GatewayCounter[] = [];
  const add = (
    name: string,
    help: string,
    kind: GatewayCounter['kind'],
    value: number,
    labels: Record<string, string> = {},
  ): void => {
    counters.push({ name: `wardwire_${name}`, help, kind, value, labels });
  };
  for (const device of sources.devices) {
    for (const [name, value] of Object.entries(device.counters)) {
      add(`device_${snake(name)}_total`, `${name} of a device`, 'counter', value, { device: device.id });
    }
    if (device.lastSampleAt !== null) {
      add(
        'device_last_sample_timestamp_seconds',
        'when a device last gave a sample',
        'gauge',
        device.lastSampleAt / 1000,
        { device: device.id },
      );
    }
  }
  for (const link of sources.links) {
    add('link_up', '1 where a link is up', 'gauge', link.report().state === 'up' ? 1 : 0, { link: link.id });
    for (const [name, value] of Object.entries(link.counters())) {
      add(`link_${snake(name)}_total`, `${name} of a link`, 'counter', value, { link: link.id });
    }
  }
  for (const sink of sources.sinks) {
    add('sink_behind', 'journal entries a sink has yet to take', 'gauge', sink.behind, { sink: sink.id });
    add('sink_rejected_total', 'entries a sink refused for good', 'counter', sink.rejected, { sink: sink.id });
    add('sink_failing', '1 where a sink is failing', 'gauge', sink.state === 'failing' ? 1 : 0, { sink: sink.id });
  }
  add('journal_entries_total', 'entries committed', 'counter', sources.journal.head);
  add('journal_pending', 'entries that wait for the disk', 'gauge', sources.journal.pending);
  add('quarantined_total', 'messages that could not be read', 'counter', sources.quarantined);
  for (const [name, value] of Object.entries(sources.rules))
    add(`rules_${snake(name)}_total`, `${name} of the rule host`, 'counter', value);
  for (const [priority, value] of Object.entries(sources.alerts))
    add('alerts_active', 'alerts that are active', 'gauge', value, { priority });
  return counters;
};
