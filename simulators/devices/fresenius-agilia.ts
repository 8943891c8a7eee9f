import {
  type Address,
  type AgiliaReply,
  openFrame,
  type PumpCommand,
  replyCodec,
  requestCodec,
} from '../../drivers/infusion-pump/agilia-codec.ts';
import { hexNumber } from '../../drivers/kit/bytes.ts';
import type { DecodeFault } from '../../drivers/kit/contract.ts';
import { every } from '../../model/clock.ts';
import type { PumpSignals } from './signals.ts';
import type { DeviceWorld, SimulatedStreamDevice } from './simulated-device.ts';

export interface FreseniusAgiliaOptions extends DeviceWorld {
  /** One pump on its own, or the pumps of a rack by their place (1 to 5). */
  readonly pumps: PumpSignals | Readonly<Partial<Record<1 | 2 | 3 | 4 | 5, PumpSignals>>>;
  readonly type?: string;
  /** How often it asks whether the host is there. */
  readonly enquiryMs?: number;
  /** Without DC4 for this long it closes its connections. */
  readonly patienceMs?: number;
}

const BASE: Address = '0';
const EVENT_CHECK_MS = 250;
/** How long an event waits for its answer before it is sent again. */
const EVENT_RETRY_MS = 2000;

/** Commands that would change something (protocols.md 3.1): refused, as by a pump in manual mode (error 02). */
const controls = ['MO', 'PR', 'PO', 'PB', 'PF', 'PV', 'RV', 'PP', 'PS', 'OF', 'RZ', 'SI', 'EP', 'EN', 'AP'];

/** NAK reasons (protocols.md 3.1). */
const nakFor: Readonly<Partial<Record<DecodeFault['code'], string>>> = { checksum: '2', length: '7' };

interface Session {
  connected: boolean;
  /** Variables sent when they change. */
  watched: string;
  /** Fields as last told. */
  readonly told: Map<string, string>;
  /** The event that waits for its answer. */
  pending: { readonly text: string; readonly sentAt: number } | null;
}

const isSingle = (pumps: FreseniusAgiliaOptions['pumps']): pumps is PumpSignals => 'rate' in pumps;

/** An Agilia pump, or an Orchestra base with its pumps: answers reading commands, reports changes, asks ENQ. */
export const createFreseniusAgilia = (options: FreseniusAgiliaOptions): SimulatedStreamDevice => {
  const { clock, pumps, type = 'AGILIA SP', enquiryMs = 5000, patienceMs = 15_000 } = options;
  const pumpAt = (address: Address): PumpSignals | undefined => {
    if (isSingle(pumps)) return address === '' ? pumps : undefined;
    switch (address) {
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
        return pumps[address];
      default:
        return undefined;
    }
  };
  const places = ([1, 2, 3, 4, 5] as const).filter((place) => !isSingle(pumps) && pumps[place] !== undefined);
  const modules = places.reduce((bits, place) => bits | (1 << (place - 1)), 0);
  const exists = (address: Address) => pumpAt(address) !== undefined || (address === BASE && !isSingle(pumps));

  const sessions = new Map<Address, Session>();
  let framer = requestCodec.framer();
  let write = (_bytes: Uint8Array) => {};
  let stops: readonly (() => void)[] = [];
  let aliveAt = clock.now();

  const sessionAt = (address: Address): Session => {
    const known = sessions.get(address);
    if (known) return known;
    const made: Session = { connected: false, watched: '', told: new Map(), pending: null };
    sessions.set(address, made);
    return made;
  };

  const say = (message: AgiliaReply) => write(replyCodec.encode(message));
  const answer = (address: Address, ...fields: readonly string[]) =>
    say({ kind: 'frame', address, letter: 'C', fields });
  const refuse = (address: Address, code: string) => say({ kind: 'frame', address, letter: 'I', fields: [code] });

  const field = (pump: PumpSignals, variable: string): string | null => {
    const now = clock.now();
    switch (variable) {
      case 'a':
        return `a${hexNumber(pump.alarm(now), 4)}`;
      case 'e':
        return 'e0000';
      case 'd':
        return `d${hexNumber(Math.round(pump.rate(now) * 10), 4)}`;
      case 'r':
        return `r${hexNumber(Math.round(pump.volume(now) * 1000), 8)}`;
      case 'm':
        return 'm01';
      default:
        return null;
    }
  };

  const fieldsOf = (address: Address, variables: string): readonly string[] | null => {
    const pump = pumpAt(address);
    const fields = [...variables].map((variable) => {
      if (pump) return field(pump, variable);
      return variable === 'b'
        ? `b${hexNumber(modules, 2)}`
        : variable === 'i'
          ? `i${hexNumber(places.length, 2)}`
          : null;
    });
    return fields.every((text) => text !== null) ? fields : null;
  };

  const obey = ({ address, verb, variables }: PumpCommand) => {
    if (!exists(address)) return refuse(address, '0E');
    const session = sessionAt(address);
    if (verb === 'DC') {
      if (address !== '' && address !== BASE && !sessionAt(BASE).connected) return refuse(address, '0D');
      session.connected = true;
      return answer(address);
    }
    if (!session.connected) return refuse(address, address === BASE ? '0D' : '1E');
    switch (verb) {
      case 'FC':
        session.connected = false;
        session.watched = '';
        return answer(address);
      case 'LE': {
        const fields = fieldsOf(address, variables);
        return fields ? answer(address, ...fields) : refuse(address, '0A');
      }
      case 'DE': {
        const fields = fieldsOf(address, variables);
        if (!fields) return refuse(address, '0A');
        session.watched = variables;
        for (const text of fields) session.told.set(text.slice(0, 1), text);
        return answer(address);
      }
      case 'AE':
        session.watched = '';
        return answer(address);
      case 'LF':
        return variables === 'b' ? answer(address, `b${type}`) : refuse(address, '0A');
      case 'LP':
      case 'LN':
        // No drug and no identifier are simulated.
        return answer(address);
    }
  };

  const refuseUnknown = (frame: Uint8Array) => {
    const opened = openFrame(frame);
    if (!opened.ok) return;
    const { address, rest } = opened.message;
    refuse(address, controls.includes(rest.slice(0, 2)) ? '02' : '01');
  };

  const handle = (frame: Uint8Array) => {
    const request = requestCodec.decode(frame);
    if (!request.ok) {
      const reason = nakFor[request.fault.code];
      if (reason !== undefined) return say({ kind: 'nak', reason });
      say({ kind: 'ack' });
      return refuseUnknown(frame);
    }
    const { message } = request;
    aliveAt = clock.now();
    if (message.kind === 'event-answer') {
      say({ kind: 'ack' });
      sessionAt(message.address).pending = null;
    } else if (message.kind === 'command') {
      say({ kind: 'ack' });
      obey(message);
    }
  };

  /** Tells changes of watched variables; the volume changes always and would leave no room for anything else. */
  const tellChanges = () => {
    for (const [address, session] of sessions) {
      const pump = pumpAt(address);
      const { pending } = session;
      if (!pump || !session.connected || (pending && clock.now() - pending.sentAt < EVENT_RETRY_MS)) continue;
      const now = [...session.watched.replace('r', '')].map((variable) => field(pump, variable));
      const text =
        pending?.text ?? now.find((known) => known !== null && session.told.get(known.slice(0, 1)) !== known);
      if (!text) continue;
      session.told.set(text.slice(0, 1), text);
      session.pending = { text, sentAt: clock.now() };
      say({ kind: 'frame', address, letter: 'E', fields: [text] });
    }
  };

  const enquire = () => {
    if (clock.now() - aliveAt > patienceMs) {
      for (const session of sessions.values()) {
        session.connected = false;
        session.watched = '';
        session.pending = null;
      }
    }
    say({ kind: 'enquiry' });
  };

  return {
    start(send) {
      write = send;
      framer = requestCodec.framer();
      aliveAt = clock.now();
      stops = [every(clock, enquiryMs, enquire), every(clock, EVENT_CHECK_MS, tellChanges)];
    },
    receive(chunk) {
      for (const event of framer.push(chunk)) if (event.kind === 'frame') handle(event.bytes);
    },
    stop() {
      for (const cancel of stops) cancel();
      sessions.clear();
      write = () => {};
    },
  };
};
