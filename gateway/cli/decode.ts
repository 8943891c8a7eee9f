import { annotate } from '../../drivers/kit/annotate.ts';
import type { DeviceMemory, StreamDriver } from '../../drivers/kit/contract.ts';
import { loadDrivers } from '../config/driver-catalogue.ts';
import { nearest } from '../config/nearest.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

const findStreamDriver = (id: string): StreamDriver | string => {
  const catalogue = loadDrivers();
  const driver = catalogue.find(id);
  if (!driver) {
    const like = nearest(
      id,
      catalogue.drivers.map((known) => known.id),
    );
    return `there is no driver "${id}"${like === null ? '' : `; did you mean "${like}"?`} (wardwire drivers lists them)`;
  }
  if (driver.wire !== 'stream') return `${id} does not read a byte stream: it is a ${driver.wire} driver`;
  return driver;
};

/**
 * Raw bytes on standard input to samples as NDJSON on standard output. What forms no message is reported on standard
 * error and makes the exit code 1.
 */
export const decode = async (options: { driver: string; frames?: boolean }): Promise<ExitCode> => {
  const driver = findStreamDriver(options.driver);
  if (typeof driver === 'string') {
    console.error(`wardwire: ${driver}`);
    return exitCodes.usage;
  }
  const framer = driver.reply.framer();
  const counts = { bytes: 0, messages: 0, refused: 0, junkBytes: 0, samples: 0 };
  let memory: DeviceMemory = {};

  const handle = (events: ReturnType<typeof framer.push>): void => {
    for (const event of events) {
      if (event.kind === 'junk') {
        counts.junkBytes += event.bytes.length;
        console.error(`${event.bytes.length} bytes form no message: ${event.reason}`);
        continue;
      }
      const decoded = driver.reply.decode(event.bytes);
      if (!decoded.ok) {
        counts.refused++;
        console.error(`refused: ${decoded.fault.code}: ${decoded.fault.detail}`);
        continue;
      }
      counts.messages++;
      if (options.frames) {
        const hex = Buffer.from(event.bytes).toString('hex');
        console.log(JSON.stringify({ message: counts.messages, hex, annotations: annotate(driver, event.bytes) }));
        continue;
      }
      // The moment of arrival is not in the bytes; without a clock of the device the samples have no time.
      const { samples, memory: facts } = driver.interpret(decoded.message, { receivedAt: 0, memory, options: {} });
      memory = { ...memory, ...facts };
      for (const sample of samples) {
        counts.samples++;
        console.log(JSON.stringify({ message: counts.messages, ...sample }));
      }
    }
  };

  for await (const chunk of process.stdin) {
    const bytes: Uint8Array = chunk;
    counts.bytes += bytes.length;
    handle(framer.push(bytes));
  }
  handle(framer.flush());
  const { bytes, messages, refused, junkBytes, samples } = counts;
  console.error(
    `${bytes} bytes: ${messages} messages, ${samples} samples, ${refused} refused, ${junkBytes} bytes of no message`,
  );
  return messages > 0 && refused === 0 ? exitCodes.ok : exitCodes.findings;
};
