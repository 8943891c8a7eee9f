import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usersOnly } from '../../../gateway/links/broker-policy.ts';
import { createHandlers } from '../../../gateway/links/message-handlers.ts';
import { mqttBrokerLink } from '../../../gateway/links/mqtt-broker-link.ts';
import { connectProblem } from '../../../gateway/links/mqtt-problems.ts';
import { createPacketGuard } from '../../../gateway/links/packet-guard.ts';
import { hasCode } from '../../../model/errors.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

/** A PUBLISH-like packet with a body of so many bytes. */
const packet = (length: number): number[] => {
  const header = [0x30];
  let rest = length;
  do {
    header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return [...header, ...new Array<number>(length).fill(0xff)];
};

describe('the packet guard', () => {
  it('lets packets up to the limit pass and no larger one, in any chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }),
        (lengths, chunks) => {
          const bytes = Uint8Array.from(lengths.flatMap(packet));
          const fits = createPacketGuard(200);
          let passed = true;
          for (let at = 0, n = 0; at < bytes.length && passed; n++) {
            const size = chunks[n % chunks.length] ?? 1;
            passed = fits(bytes.subarray(at, at + size));
            at += size;
          }
          expect(passed).toBe(lengths.every((length) => length <= 200));
        },
      ),
    );
  });

  it('stops at the header of a huge packet and at an endless length', () => {
    expect(createPacketGuard(1_000_000)(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f))).toBe(false);
    expect(createPacketGuard(1e9)(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x80))).toBe(false);
  });
});

describe('named users of the broker', () => {
  const policy = usersOnly([
    { name: 'meter', password: 'secret', publish: ['wardwire/meter/#'] },
    { name: 'screen', password: 'other', publish: [], subscribe: ['wardwire/+/readings'] },
  ]);
  const meter = { id: 'c1', user: 'meter', address: null };
  const screen = { id: 'c2', user: 'screen', address: null };

  it('come in with their password only', () => {
    expect(policy.authenticate(meter, Buffer.from('secret'))).toBe(true);
    expect(policy.authenticate(meter, Buffer.from('other'))).toBe(false);
    expect(policy.authenticate(meter, null)).toBe(false);
    expect(policy.authenticate({ ...meter, user: null }, null)).toBe(false);
    expect(policy.authenticate({ ...meter, user: 'nobody' }, Buffer.from(''))).toBe(false);
  });

  it('use the topics that are theirs', () => {
    expect(policy.mayPublish(meter, 'wardwire/meter/readings')).toBe(true);
    expect(policy.mayPublish(meter, 'wardwire/other/readings')).toBe(false);
    expect(policy.maySubscribe(meter, 'wardwire/meter/readings')).toBe(false);
    expect(policy.maySubscribe(screen, 'wardwire/+/readings')).toBe(true);
    expect(policy.maySubscribe(screen, 'wardwire/meter/readings')).toBe(true);
    expect(policy.maySubscribe(screen, '#')).toBe(false);
  });
});

describe('the embedded broker', () => {
  it('does not let anyone in from other machines', () => {
    const make = (extra: object) => () =>
      mqttBrokerLink({
        id: 'mqtt',
        host: '0.0.0.0',
        port: 0,
        clock: new VirtualClock(),
        random: seededRandom(1),
        ...extra,
      });
    expect(make({})).toThrow('would let anyone in');
    expect(make({ host: '127.ward.example' })).toThrow('would let anyone in');
    expect(make({ host: '127.0.0.1' })).not.toThrow();
    expect(make({ insecure: true })).not.toThrow();
    expect(make({ policy: usersOnly([]) })).not.toThrow();
  });
});

describe('message handlers', () => {
  const message = { topic: 'a/b', payload: Buffer.from('1'), qos: 1, retained: false, client: null } as const;

  it('are all awaited, and one that fails fails the message', async () => {
    const handlers = createHandlers(new VirtualClock(5));
    const seen: string[] = [];
    handlers.add('a/b', async () => void seen.push('exact'));
    handlers.add('a/+', async () => {
      throw new Error('disk full');
    });
    handlers.add('a/#', async ({ receivedAt }) => void seen.push(`rest ${receivedAt}`));
    await expect(handlers.deliver(message)).rejects.toThrow('disk full');
    expect(seen.toSorted()).toEqual(['exact', 'rest 5']);
    expect(handlers.counters()).toMatchObject({ messages: 1, failed: 1, inFlight: 0, subscriptions: 3 });
  });

  it('count what nobody wants', async () => {
    const handlers = createHandlers(new VirtualClock());
    handlers.add('x', async () => {});
    await handlers.deliver(message);
    expect(handlers.counters()).toMatchObject({ unhandled: 1 });
  });

  it('refuse a filter that is none', () => {
    const handlers = createHandlers(new VirtualClock());
    expect(() => handlers.add('a/#/b', async () => {})).toSatisfy((add: () => void) => {
      try {
        add();
      } catch (error) {
        return hasCode(error, 'bad-configuration');
      }
      return false;
    });
  });
});

describe('what it means that a broker does not take us', () => {
  const at = { host: 'broker', port: 1883 };
  it.each([
    [{ code: 4 }, 'user name or password', 'passwordEnv'],
    [{ code: 135 }, 'refuses this client', 'username'],
    [{ code: 132 }, 'version of MQTT', '3.1.1'],
    [{ code: 'ECONNREFUSED' }, 'refuses the connection', '1883'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'no trusted connection', 'caFile'],
    [new Error('connack timeout'), 'does not answer as an MQTT broker', 'mqtts'],
  ])('%o', (error, reason, hint) => {
    const problem = connectProblem(error, at);
    expect(problem.reason).toContain(reason);
    expect(problem.hint).toContain(hint);
  });
});
