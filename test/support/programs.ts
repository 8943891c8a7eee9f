import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/*
 * Third-party programs for integration tests. Where one is missing the test is visibly skipped, except in CI, where
 * it fails: `describe.skipIf(programMissing('mosquitto'))(…)` and, inside, `requireProgram('mosquitto')`.
 */

/** Debian puts servers into sbin, which a user's PATH leaves out. */
const places = ['/usr/bin', '/usr/sbin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export const findProgram = (name: string): string | null => {
  if (isAbsolute(name)) return isExecutable(name) ? name : null;
  for (const place of places) {
    const path = join(place, name);
    if (place !== '' && isExecutable(path)) return path;
  }
  return null;
};

const inCi = (): boolean => process.env.CI === 'true';

/** True where the tests that need these programs are to be skipped. Never in CI: there they run and fail. */
export const programMissing = (...names: readonly string[]): boolean =>
  !inCi() && names.some((name) => findProgram(name) === null);

/** True where the tests that need this module of Debian's Python are to be skipped. Never in CI. */
export const pythonModuleMissing = (module: string): boolean => {
  if (inCi()) return false;
  const python = findProgram('python3');
  return python === null || spawnSync(python, ['-c', `import ${module}`]).status !== 0;
};

/** The path of a program, or an error that says what to install. */
export const requireProgram = (name: string): string => {
  const path = findProgram(name);
  if (path === null) throw new Error(`${name} is not installed: apt-get install its Debian package`);
  return path;
};

/** A loopback port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });

/** A directory of the test's own, and what removes it. */
export const temporaryDirectory = (name = 'wardwire'): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the condition holds: real processes have no clock to inject. */
export const eventually = async (
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  timeoutMs = 10_000,
): Promise<void> => {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return;
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(10);
  }
};

/** True once something accepts connections there. */
export const portAnswers = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ port, host });
    const answer = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });

export interface ProgramOptions {
  /** Text that its output shows once it is ready, or a check that is asked until it says true. */
  readonly ready?: RegExp | (() => boolean | Promise<boolean>);
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningProgram {
  readonly pid: number;
  /** Standard output and standard error so far. */
  output(): string;
  readonly stdout: () => string;
  /** Its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** To this very process, by its pid. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it by its pid and waits; SIGKILL where it does not go within 3 s. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const watch = (child: ChildProcess) => {
  let all = '';
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    all += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    all += chunk.toString();
  });
  return { all: () => all, out: () => out };
};

/** Starts a program and resolves once it is ready. Whoever starts it stops it. */
export const startProgram = async (
  name: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<RunningProgram> => {
  const child = spawn(requireProgram(name), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  const text = watch(child);
  let ended = false;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      ended = true;
      resolve(code);
    });
  });
  const program: RunningProgram = {
    pid: child.pid ?? -1,
    output: text.all,
    stdout: text.out,
    exited,
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      if (ended) return;
      child.kill(signal);
      const force = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited.finally(() => clearTimeout(force));
    },
  };
  const { ready } = options;
  if (ready === undefined) return program;
  const isReady = ready instanceof RegExp ? () => ready.test(text.all()) : ready;
  try {
    await eventually(
      async () => {
        if (await isReady()) return true;
        if (ended) throw new Error(`${name} ended at once`);
        return false;
      },
      `${name} ready`,
      options.timeoutMs,
    );
  } catch (error) {
    await program.stop();
    throw new Error(`${name} did not start: ${text.all().slice(-2000)}`, { cause: error });
  }
  return program;
};

/** Runs a program to its end. */
export const runProgram = async (
  name: string,
  args: readonly string[],
  options: Omit<ProgramOptions, 'ready'> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly output: string }> => {
  const program = await startProgram(name, args, options);
  const force = setTimeout(() => void program.stop('SIGKILL'), options.timeoutMs ?? 20_000);
  const code = await program.exited.finally(() => clearTimeout(force));
  return { code, stdout: program.stdout(), output: program.output() };
};
