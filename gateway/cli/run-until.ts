/** Resolves on SIGINT or SIGTERM, or after `seconds`. */
export const runUntil = (seconds: number | undefined): Promise<'signal' | 'time'> =>
  new Promise((resolve) => {
    const end = (how: 'signal' | 'time') => () => {
      clearTimeout(timer);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      resolve(how);
    };
    const onSignal = () => end('signal')();
    const timer = seconds === undefined ? undefined : setTimeout(() => end('time')(), seconds * 1000);
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
  });
