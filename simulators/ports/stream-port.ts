/** The far end of a byte stream: what a simulated device speaks through. */
export interface StreamPort {
  /** What a client opens: a pty path, or `host:port`. */
  readonly address: string;
  write(bytes: Uint8Array): void;
  onData(listener: (chunk: Uint8Array) => void): () => void;
  /** Called when a client connects; where the medium does not tell (a pty), never. */
  onClient?(listener: () => void): () => void;
  close(): Promise<void>;
}

/** A simulated device on a byte stream. */
export interface StreamDevice {
  start(write: (bytes: Uint8Array) => void): void;
  receive(chunk: Uint8Array): void;
  stop(): void;
}

/** Plugs a device into a port; returns what pulls it out again. */
export const plugIn = (device: StreamDevice, port: StreamPort): (() => void) => {
  const stopListening = port.onData((chunk) => device.receive(chunk));
  device.start((bytes) => port.write(bytes));
  return () => {
    stopListening();
    device.stop();
  };
};
