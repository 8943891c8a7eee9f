/**
 * Follows the fixed headers of an MQTT byte stream and says when a packet would be larger than allowed, from its header
 * alone: aedes collects a packet in memory whatever length it announces.
 */
export const createPacketGuard = (maxBytes: number): ((chunk: Uint8Array) => boolean) => {
  /** Bytes of the current packet's body still to come. */
  let body = 0;
  let inHeader = false;
  let length = 0;
  let shift = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (body > 0) {
        const skipped = Math.min(body, chunk.length - at);
        body -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (!inHeader) {
        // The packet type; its remaining length follows in 1 to 4 bytes of 7 bits (MQTT 3.1.1, 2.2.3).
        inHeader = true;
        length = 0;
        shift = 0;
        continue;
      }
      length += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (length > maxBytes || shift > 28) return false;
      if (byte & 0x80) continue;
      inHeader = false;
      body = length;
    }
    return true;
  };
};
