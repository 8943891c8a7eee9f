import { systemClock, systemRandom } from '../../gateway/clock.ts';
import { mqttBrokerLink } from '../../gateway/links/mqtt-broker-link.ts';

/** The yardstick: the embedded broker alone, acknowledging at once. `tsx bare-broker.ts PORT`; ends with its input. */
const broker = mqttBrokerLink({
  id: 'bare',
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  clock: systemClock(),
  random: systemRandom(),
});
broker.subscribe('#', async () => {});
broker.open();
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
