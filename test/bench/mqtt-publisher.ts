import { performance } from 'node:perf_hooks';
import { connectAsync } from 'mqtt';

/*
 * A publisher in a process of its own: `tsx mqtt-publisher.ts URL COUNT DEVICES IN_FLIGHT`. QoS 1, about 200 bytes, each
 * with its own time and number. Prints {"messages", "seconds"} counted by PUBACK.
 */
const [url = '', count = '0', devices = '1', inFlight = '200'] = process.argv.slice(2);
const total = Number(count);
const client = await connectAsync(url, { protocolVersion: 4, clientId: `bench-${process.pid}` });
const started = Date.now();

const payload = (index: number): string =>
  JSON.stringify({
    time: new Date(started - 600_000 + index).toISOString(),
    seq: index,
    values: {
      'heart-rate': 60 + (index % 40),
      spo2: 95 + (index % 5),
      'respiration-rate': 12 + (index % 8),
      'body-temperature': 36.8,
    },
  });

const begin = performance.now();
await new Promise<void>((resolve) => {
  let next = 0;
  let acknowledged = 0;
  const send = (): void => {
    if (next >= total) return;
    const index = next++;
    client.publish(`wardwire/bench-${index % Number(devices)}/readings`, payload(index), { qos: 1 }, () => {
      acknowledged++;
      if (acknowledged === total) resolve();
      else send();
    });
  };
  for (let lane = 0; lane < Number(inFlight); lane++) send();
});
console.log(JSON.stringify({ messages: total, seconds: (performance.now() - begin) / 1000 }));
await client.endAsync();
