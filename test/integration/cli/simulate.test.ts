import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exitCodes } from '../../../gateway/cli/exit-codes.ts';
import { type SimulateOptions, simulate } from '../../../gateway/cli/simulate.ts';
import { eventually, portAnswers } from '../../support/programs.ts';

describe('wardwire simulate', () => {
  const out: string[] = [];
  const err: string[] = [];
  beforeEach(() => {
    out.length = 0;
    err.length = 0;
    vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)));
    vi.spyOn(console, 'error').mockImplementation((line) => void err.push(String(line)));
  });
  afterEach(() => void vi.restoreAllMocks());

  it('prints one line with the address, runs for as long as it is told, and leaves nothing behind', async () => {
    const run = simulate('xy-md02', { modbusTcp: '0', for: '0.5' });
    await eventually(() => out.length > 0, 'the address');
    const port = Number(out[0]?.split(':').at(-1));
    expect(await portAnswers(port)).toBe(true);
    expect(await run).toBe(exitCodes.ok);
    expect(out).toEqual([`127.0.0.1:${port}`]);
    expect(await portAnswers(port)).toBe(false);
  });

  it('ends when it is asked to', async () => {
    const run = simulate('ivy-450c', { tcp: '0' });
    await eventually(() => out.length > 0, 'the address');
    process.emit('SIGTERM');
    expect(await run).toBe(exitCodes.ok);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it.each<readonly [string, string, SimulateOptions, string]>([
    ['no wire', 'ivy-450c', {}, '--pty LINK or --tcp PORT'],
    ['two wires', 'xy-md02', { tcp: '0', modbusTcp: '0' }, '--modbus-tcp PORT, --pty LINK (RTU)'],
    ['a wire that does not fit', 'zigbee2mqtt', { tcp: '0' }, 'it fits: mqtt'],
    ['an unknown model', 'ivy-450', { tcp: '0' }, 'did you mean "ivy-450c"?'],
    ['a port that is none', 'ivy-450c', { tcp: '70000' }, '0 to 65535'],
    ['a unit that is none', 'xy-md02', { modbusTcp: '0', unit: 'x' }, '0 to 255'],
    ['a time that is none', 'ivy-450c', { tcp: '0', for: '-1' }, '--for'],
  ])('%s is a usage error that says what to do', async (_, model, options, hint) => {
    expect(await simulate(model, options)).toBe(exitCodes.usage);
    expect(err.join('\n')).toContain(hint);
    expect(out).toEqual([]);
  });

  it('a broker that is not there cannot be reached', async () => {
    expect(await simulate('tasmota', { mqtt: 'mqtt://127.0.0.1:1' })).toBe(exitCodes.cannotReach);
    expect(err.join('\n')).toContain('ECONNREFUSED');
  });

  it('a port that is taken cannot be had', async () => {
    const run = simulate('ivy-450c', { tcp: '0', for: '1' });
    await eventually(() => out.length > 0, 'the address');
    expect(await simulate('ivy-450c', { tcp: String(out[0]?.split(':').at(-1)) })).toBe(exitCodes.cannotReach);
    expect(err.join('\n')).toContain('EADDRINUSE');
    await run;
  });
});
