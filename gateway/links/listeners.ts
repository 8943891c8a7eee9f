/** Functions that are called with each value; adding one returns what takes it away. */
export interface Listeners<Arguments extends readonly unknown[]> {
  add(listener: (...values: Arguments) => void): () => void;
  emit(...values: Arguments): void;
}

export const createListeners = <Arguments extends readonly unknown[]>(): Listeners<Arguments> => {
  const listeners = new Set<(...values: Arguments) => void>();
  return {
    add(listener) {
      // Wrapped, so that the same function added twice is called twice and each removal takes its own.
      const own = (...values: Arguments) => listener(...values);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    emit(...values) {
      for (const listener of [...listeners]) listener(...values);
    },
  };
};
