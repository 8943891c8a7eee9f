import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, listPorts, type PortPlaces, stableNameOf } from '../../../gateway/links/list-ports.ts';
import { portHolders } from '../../../gateway/links/port-holders.ts';
import { serialProblem } from '../../../gateway/links/serial-problems.ts';
import { temporaryDirectory } from '../../support/programs.ts';

describe('the ports of a machine', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let places: PortPlaces;
  beforeEach(() => {
    directory = temporaryDirectory();
    places = {
      dev: directory.path,
      byId: join(directory.path, 'serial/by-id'),
      byPath: join(directory.path, 'serial/by-path'),
    };
    for (const name of ['ttyUSB10', 'ttyUSB2', 'ttyS0', 'tty0', 'ttyprintk', 'null', 'ttyACM0'])
      writeFileSync(join(directory.path, name), '');
    mkdirSync(places.byId, { recursive: true });
    mkdirSync(places.byPath, { recursive: true });
    symlinkSync('../../ttyUSB2', join(places.byId, 'usb-FTDI_FT232R_A50285BI-if00-port0'));
    symlinkSync('../../ttyUSB2', join(places.byPath, 'pci-0000:00:14.0-usb-0:2:1.0-port0'));
    symlinkSync('../../ttyUSB9', join(places.byId, 'usb-unplugged'));
  });
  afterEach(() => directory.remove());

  it('are listed by their stable names, without consoles and dead names', () => {
    const stable = join(places.byId, 'usb-FTDI_FT232R_A50285BI-if00-port0');
    expect(listPorts(places)).toEqual([
      { path: join(directory.path, 'ttyACM0'), device: join(directory.path, 'ttyACM0'), stable: [] },
      { path: join(directory.path, 'ttyS0'), device: join(directory.path, 'ttyS0'), stable: [] },
      {
        path: stable,
        device: join(directory.path, 'ttyUSB2'),
        stable: [stable, join(places.byPath, 'pci-0000:00:14.0-usb-0:2:1.0-port0')],
      },
      { path: join(directory.path, 'ttyUSB10'), device: join(directory.path, 'ttyUSB10'), stable: [] },
    ]);
  });

  it('are none where there is no /dev/serial and nothing else', () => {
    expect(listPorts({ dev: '/no/dev', byId: '/no/id', byPath: '/no/path' })).toEqual([]);
  });

  it('have a better name to advise, once', () => {
    const stable = join(places.byId, 'usb-FTDI_FT232R_A50285BI-if00-port0');
    expect(stableNameOf(join(directory.path, 'ttyUSB2'), places)).toBe(stable);
    expect(stableNameOf(stable, places)).toBeNull();
    expect(stableNameOf(join(directory.path, 'ttyS0'), places)).toBeNull();
  });

  it('are seen to go and to be another', () => {
    const stable = join(places.byId, 'usb-FTDI_FT232R_A50285BI-if00-port0');
    const before = identityOf(stable);
    expect(before).not.toBeNull();
    expect(identityOf(stable)).toBe(before);
    expect(identityOf(join(places.byId, 'usb-unplugged'))).toBeNull();
    expect(identityOf(join(directory.path, 'ttyUSB10'))).not.toBe(before);
  });
});

describe('what holds a port', () => {
  it('is read from /proc', () => {
    const directory = temporaryDirectory();
    for (const [pid, open] of [
      ['812', '/dev/null'],
      ['4711', '/dev/ttyTest0'],
    ] as const) {
      mkdirSync(join(directory.path, pid, 'fd'), { recursive: true });
      symlinkSync(open, join(directory.path, pid, 'fd', '3'));
      writeFileSync(join(directory.path, pid, 'comm'), 'minicom\n');
    }
    mkdirSync(join(directory.path, 'self'));
    expect(portHolders('/dev/ttyTest0', directory.path)).toEqual([{ pid: 4711, command: 'minicom' }]);
    directory.remove();
  });
});

describe('what it means that a port does not open', () => {
  const around = { holders: () => [{ pid: 4711, command: 'minicom' }], ports: () => ['/dev/serial/by-id/usb-A'] };

  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'there is no port', '/dev/serial/by-id/usb-A'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'no permission', 'dialout'],
    ['Error Resource temporarily unavailable Cannot lock port', 'open in minicom (process 4711)', 'one program'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 9600', 'not a serial port', 'wardwire ports'],
    ['Error: Input/output error, cannot open /dev/ttyUSB0', 'Input/output error', 'cable'],
  ])('%s', (text, reason, hint) => {
    const problem = serialProblem(new Error(text), '/dev/ttyUSB0', around);
    expect(problem.reason).toContain(reason);
    expect(problem.hint).toContain(hint);
  });
});
