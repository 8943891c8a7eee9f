import { mqttBrokerLink } from '../../../gateway/links/mqtt-broker-link.ts';
import { seededRandom } from '../../../model/random.ts';
import { realClock } from '../../support/real-time.ts';

/** The yardstick: the embedded broker in a process of its own, with a handler that has nothing to do. */
let taken = 0;
const link = mqttBrokerLink({ id: 'bare', host: '127.0.0.1', port: 0, clock: realClock, random: seededRandom(1) });
link.subscribe('wardwire/+/readings', async () => {
  taken++;
});
link.onReport(({ state }) => {
  if (state === 'up') process.send?.({ port: link.port() });
});
link.open();
process.on('message', () => process.send?.({ taken }));
