import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  findProgram,
  freePort,
  portAnswers,
  programMissing,
  requireProgram,
  runProgram,
  startProgram,
} from './programs.ts';

afterEach(() => vi.unstubAllEnvs());

describe('third-party programs of tests', () => {
  it('are skipped where missing, but not in CI, where they fail with what to do', () => {
    vi.stubEnv('CI', '');
    expect(programMissing('sh')).toBe(false);
    expect(programMissing('sh', 'no-such-program')).toBe(true);
    vi.stubEnv('CI', 'true');
    expect(programMissing('no-such-program')).toBe(false);
    expect(() => requireProgram('no-such-program')).toThrow('apt-get install');
    expect(findProgram('no-such-program')).toBeNull();
  });

  it('are started, awaited and ended by their own pid', async () => {
    const program = await startProgram('sh', ['-c', 'echo ready; exec sleep 60'], { ready: /ready/ });
    expect(program.pid).toBeGreaterThan(1);
    await program.stop();
    expect(await program.exited).toBeNull();
    expect(() => process.kill(program.pid, 0)).toThrow('ESRCH');
  });

  it('say what they wrote where they do not come up', async () => {
    await expect(startProgram('sh', ['-c', 'echo no config >&2; exit 3'], { ready: /never/ })).rejects.toThrow(
      'no config',
    );
  });

  it('run to their end with their output', async () => {
    expect(await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 4'])).toMatchObject({
      code: 4,
      stdout: 'out\n',
    });
  });

  it('get a port that nothing answers on', async () => {
    expect(await portAnswers(await freePort())).toBe(false);
  });
});
