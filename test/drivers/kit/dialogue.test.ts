import { describe, expect, it } from 'vitest';
import { suntechAdvantage } from '../../../drivers/blood-pressure/suntech-advantage.ts';
import { ascii, textOf } from '../../../drivers/kit/bytes.ts';
import type { DialogueIo, StreamDriver } from '../../../drivers/kit/contract.ts';
import { decoded } from '../../../drivers/kit/decoded.ts';
import { createDialogue, type Delivery } from '../../../drivers/kit/dialogue.ts';
import { createFramer } from '../../../drivers/kit/framer.ts';
import { openInbox } from '../../../drivers/kit/inbox.ts';
import { lines } from '../../../drivers/kit/scans.ts';
import { createSharedLine } from '../../../drivers/kit/shared-line.ts';
import { hasCode } from '../../../model/errors.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { advance, settle } from '../../support/virtual-wire.ts';

type Io = DialogueIo<string, string>;

const text: StreamDriver<string, string>['reply'] = {
  framer: () => createFramer(lines(80), 90),
  decode: (frame) => decoded(textOf(frame).trimEnd()),
  encode: (message) => ascii(`${message}\r\n`),
  any: () => 'x',
};

/** A device that speaks in lines; its memory is the last line and the one it came after. */
const driverWith = (session: StreamDriver<string, string>['session']): StreamDriver<string, string> => ({
  ...suntechAdvantage,
  reply: text,
  request: text,
  interpret: (message, { memory }) => ({
    samples: [{ kind: 'clock', local: { year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, text: message }],
    memory: { last: message, after: memory.last ?? null },
  }),
  session,
});

const host = (session: StreamDriver<string, string>['session']) => {
  const clock = new VirtualClock();
  const deliveries: Delivery[] = [];
  const written: string[] = [];
  const junk: string[] = [];
  const undelivered: unknown[] = [];
  let memory = {};
  const store = { hold: Promise.resolve(), fails: false };
  const dialogue = createDialogue({
    driver: driverWith(session),
    clock,
    options: {},
    memory: () => memory,
    async write(bytes) {
      written.push(textOf(bytes).trimEnd());
    },
    async deliver(delivery) {
      await store.hold;
      if (store.fails) throw new Error('full');
      deliveries.push(delivery);
      memory = delivery.memory ?? memory;
    },
    onJunk: (_, reason) => junk.push(reason),
    onUndelivered: (error) => undelivered.push(error),
  });
  const hear = (line: string) => dialogue.receive(ascii(`${line}\r\n`), clock.now());
  return { clock, dialogue, deliveries, written, junk, undelivered, hear, store, memory: () => memory };
};

const dialogueOf = (run: (io: Io) => Promise<void>) => host({ kind: 'dialogue', run });

describe('a dialogue', () => {
  it('gives the reply that matches, and times out where none comes', async () => {
    const seen: string[] = [];
    const { clock, dialogue, hear, written } = dialogueOf(async (io) => {
      seen.push((await io.exchange('ask', (reply) => reply === 'yes', 1000)).message);
      await io.exchange('again', (reply) => reply === 'yes', 1000);
    });
    const run = dialogue.run();
    const failed = expect(run).rejects.toMatchObject({ code: 'timeout' });
    await settle();
    hear('no');
    hear('yes');
    await advance(clock, 1500);
    await failed;
    expect(seen).toEqual(['yes']);
    expect(written).toEqual(['ask', 'again']);
  });

  it('ends every wait when the link goes down', async () => {
    let failure: unknown;
    const { dialogue } = dialogueOf(async (io) => {
      await io
        .next(() => true, 60_000)
        .catch((error) => {
          failure = error;
          throw error;
        });
    });
    const run = dialogue.run();
    await settle();
    dialogue.linkDown('cable pulled');
    await expect(run).rejects.toMatchObject({ code: 'link-down', message: 'cable pulled' });
    expect(hasCode(failure, 'link-down')).toBe(true);
  });

  it('stores several replies as one, with the memory they leave together', async () => {
    const { dialogue, hear, deliveries, memory } = dialogueOf(async (io) => {
      const inbox = openInbox(io, () => true);
      const all = [await inbox.take(1000), await inbox.take(1000), await inbox.take(1000)];
      inbox.close();
      await io.deliver(all);
    });
    const run = dialogue.run();
    await settle();
    dialogue.receive(ascii('one\r\ntwo\r\n'), 5);
    hear('three');
    await run;
    expect(deliveries).toHaveLength(1);
    expect(textOf(deliveries[0]?.frame ?? new Uint8Array(0))).toBe('one\r\ntwo\r\nthree\r\n');
    expect(deliveries[0]?.samples).toHaveLength(3);
    expect(memory()).toEqual({ last: 'three', after: 'two' });
  });

  it('can be run again after it has failed', async () => {
    let runs = 0;
    const { dialogue } = dialogueOf(async () => {
      runs++;
      throw new Error('no luck');
    });
    await expect(dialogue.run()).rejects.toThrow('no luck');
    await expect(dialogue.run()).rejects.toThrow('no luck');
    expect(runs).toBe(2);
  });

  it('gives up half a frame when the line falls silent', async () => {
    const { clock, dialogue, junk } = dialogueOf((io) => io.next(() => true, 60_000).then(() => undefined));
    const run = dialogue.run();
    dialogue.receive(ascii('half'), 0);
    await advance(clock, 4000);
    expect(junk).toEqual([]);
    await advance(clock, 2000);
    expect(junk).toEqual(['incomplete']);
    dialogue.receive(ascii('whole\r\n'), clock.now());
    await run;
  });
});

describe('a device that pushes', () => {
  it('has each message interpreted only when the one before is stored', async () => {
    const { dialogue, hear, deliveries, store } = host({ kind: 'push' });
    let release = () => {};
    store.hold = new Promise((resolve) => {
      release = resolve;
    });
    const run = dialogue.run();
    hear('one');
    hear('two');
    await settle();
    expect(deliveries).toEqual([]);
    release();
    await settle();
    expect(deliveries.map(({ memory }) => memory)).toEqual([
      { last: 'one', after: null },
      { last: 'two', after: 'one' },
    ]);
    dialogue.stop();
    await expect(run).rejects.toMatchObject({ code: 'link-down' });
  });

  it('says which messages could not be stored, and holds no endless backlog', async () => {
    const { dialogue, hear, undelivered, store, deliveries } = host({ kind: 'push' });
    const run = dialogue.run();
    store.fails = true;
    hear('lost');
    await settle();
    expect(undelivered).toHaveLength(1);
    store.fails = false;
    let release = () => {};
    store.hold = new Promise((resolve) => {
      release = resolve;
    });
    for (let i = 0; i < 700; i++) hear(`message ${i}`);
    await settle();
    expect(undelivered).toHaveLength(101);
    expect(undelivered.at(-1)).toMatchObject({ code: 'overflow' });
    release();
    for (let i = 0; i < 50; i++) await settle();
    expect(deliveries).toHaveLength(600);
    dialogue.stop();
    await expect(run).rejects.toMatchObject({ code: 'link-down' });
  });
});

describe('a shared line', () => {
  it('lets one ask at a time, in order, and goes on after a failure', async () => {
    const line = createSharedLine();
    const log: string[] = [];
    const task = (name: string, fails = false) =>
      line.turn(async () => {
        log.push(`${name} begins`);
        await settle();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const [first, second, third] = [task('a'), task('b', true), task('c')];
    await expect(second).rejects.toThrow('b');
    await Promise.all([first, third]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('has one spokesman, and another when that one leaves', () => {
    const line = createSharedLine();
    const [first, second] = [line.join(), line.join()];
    expect([first.isFirst, second.isFirst]).toEqual([true, false]);
    first.leave();
    expect(second.isFirst).toBe(true);
  });
});
