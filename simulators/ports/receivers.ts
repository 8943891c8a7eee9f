/** Functions that are called with each value; adding one returns what takes it away. */
export const receivers = <Arguments extends readonly unknown[]>() => {
  const all = new Set<(...values: Arguments) => void>();
  return {
    add(receiver: (...values: Arguments) => void): () => void {
      const own = (...values: Arguments) => receiver(...values);
      all.add(own);
      return () => void all.delete(own);
    },
    emit(...values: Arguments): void {
      for (const receiver of [...all]) receiver(...values);
    },
  };
};
