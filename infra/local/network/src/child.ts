import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './ending.ts';
import { root } from './paths.ts';

export interface Program {
  readonly name: string;
  /** The file to run, from the root of the tree. */
  readonly file: string;
  /** Another tree than this one, when the program is of another release. */
  readonly directory?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 once the program is ready. */
  readonly healthUrl: string;
}

/** Where a child's lines go. */
export type Log = (name: string, line: string) => void;

/** How a source file is run; the launcher in `tools/run.mjs` runs everything the same way. */
const nodeOptions = ['--conditions=@checkout/source', '--enable-source-maps', '--disable-warning=ExperimentalWarning', '--import', './tools/swc-hook.mjs'];

/** Time for a program to end by itself after SIGTERM: what services take at the most, and a little more. */
const stopLimitMs = 28_000;

/** Enough of what a program said last to hold the reason why it ended. */
const lastWords = 12;

/** A program has ended because somebody else has the port that it was told to listen on. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** One program of the network while it runs. */
export class Child {
  readonly program: Program;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** Resolves when its last line has been heard, which may be after its end, and later than that when it leaves children behind. */
  readonly #silent: Promise<unknown>;
  #hasExited = false;
  /** It has said that its port is in use. */
  #hasNoPort = false;
  #lastLines: readonly string[] = [];

  constructor(program: Program, log: Log, extraNodeOptions: readonly string[] = []) {
    this.program = program;
    this.#process = spawn(process.execPath, [...nodeOptions, ...extraNodeOptions, program.file], {
      cwd: program.directory ?? root,
      env: { ...inherited(), ...program.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches the supervisor alone, which ends its children in order.
      detached: process.platform !== 'win32',
    });
    this.#silent = once(this.#process, 'close');
    const hasEnded = atExit(() => this.#killGroup());
    this.#exited = once(this.#process, 'exit').then(() => {
      hasEnded();
      this.#hasExited = true;
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(line, log));
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Resolves when the program has ended, however it did. */
  async exited(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    await this.#exited;
    return { code: this.#process.exitCode, signal: this.#process.signalCode };
  }

  /** @throws PortTaken; Error when the program ends first, or is not ready in time. */
  async ready(limitMs = 60_000): Promise<void> {
    const giveUpAt = Date.now() + limitMs;
    while (Date.now() < giveUpAt) {
      if (this.#hasExited) throw await this.#endedEarly();
      const answer = await fetch(this.program.healthUrl, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
      await answer?.body?.cancel();
      // Who answers may be a stranger on that port.
      if (answer?.ok && !this.#hasNoPort) return;
      await sleep(40);
    }
    throw new Error(`${this.program.name} was not ready within ${limitMs} ms`);
  }

  /** With what it has started itself. */
  #killGroup(): void {
    if (process.platform === 'win32') this.#process.kill('SIGKILL');
    else if (this.#process.pid !== undefined) process.kill(-this.#process.pid, 'SIGKILL');
  }

  #hear(line: string, log: Log): void {
    if (line.includes('EADDRINUSE')) this.#hasNoPort = true;
    this.#lastLines = [...this.#lastLines, line].slice(-lastWords);
    log(this.program.name, line);
  }

  async #endedEarly(): Promise<Error> {
    await Promise.race([this.#silent, sleep(1_000)]);
    const ended = `${this.program.name} ended before it was ready (exit code ${this.#process.exitCode ?? this.#process.signalCode})`;
    return this.#hasNoPort ? new PortTaken(`${ended}, because its port is in use`) : new Error([`${ended}; its last words:`, ...this.#lastLines].join('\n'));
  }

  /** Ends the program as a deployment would, and as a crash would when it does not listen. */
  async stop(): Promise<void> {
    if (this.#hasExited) return;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopLimitMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Stops the program where it stands: a host that swaps, a debugger, a laptop lid. Its sockets stay open and nothing is answered. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** Ends the program without warning: power cut, out of memory, `kill -9`. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

/** What a child needs of our own environment, and nothing that could point it somewhere else. */
const inherited = (): Record<string, string> =>
  Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_COMPILE_CACHE', 'LOG_LEVEL', 'NODE_OPTIONS'].flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value]];
  }));
