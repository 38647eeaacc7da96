import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../../../../..');

/** The stand-in in a process of its own, so that it can be killed and measured. */
export class BusProcess {
  readonly #child: ChildProcess;
  readonly port: number;
  /** From spawning it to its listening. */
  readonly startMs: number;

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child;
    this.port = port;
    this.startMs = startMs;
  }

  /** Starts it on a free port. @param flags for Node, as `--max-old-space-size=64` */
  static async start(stateDirectory: string, topologyFile: string, flags: readonly string[] = []): Promise<BusProcess> {
    const started = performance.now();
    const child = spawn(process.execPath, [
      ...flags, '--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), join(import.meta.dirname, '../main.ts'),
    ], { cwd: root, env: { ...process.env, PORT: '0', STATE_DIR: stateDirectory, TOPOLOGY: topologyFile, FAULTS: 'on' }, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(child.stdout)) {
      const { event, port } = JSON.parse(line) as { event: string; port: number };
      if (event !== 'listening') continue;
      child.stdout.resume();
      return new BusProcess(child, port, performance.now() - started);
    }
    throw new Error('The service bus ended before it listened.');
  }

  get connectionString(): string {
    return `Endpoint=sb://localhost:${this.port};SharedAccessKeyName=k;SharedAccessKey=v;UseDevelopmentEmulator=true;`;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory; undefined where the system has no `/proc`. */
  get residentBytes(): number | undefined {
    if (process.platform !== 'linux') return undefined;
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  /** Without a chance to write anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** @returns its exit code. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child.exitCode;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
