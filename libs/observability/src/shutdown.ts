import type { Logger } from './logger.ts';

/** In this order: take no new work, finish what was begun, send what was decided, let go of connections. */
export const shutdownPhases = ['stop-receiving', 'finish', 'flush', 'close'] as const;

export type ShutdownPhase = (typeof shutdownPhases)[number];

interface Step {
  readonly name: string;
  readonly run: () => unknown;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** Default 25 s, because Kubernetes and Container Apps kill after 30. */
  readonly limitMs?: number;
  /** Default `process.exit`. */
  readonly exit?: (code: number) => void;
}

/**
 * Ends the process in order, whatever registered in which order.
 *
 * Steps of one phase run together; a step that fails is logged and does not stop the others. After `limitMs` the process exits
 * with 1: what is left undone then is what a `kill -9` would leave, which the product must survive anyway. A second signal exits at once.
 */
export class Shutdown {
  readonly #logger: Logger;
  readonly #limitMs: number;
  readonly #exit: (code: number) => void;
  readonly #steps: Record<ShutdownPhase, Step[]> = { 'stop-receiving': [], finish: [], flush: [], close: [] };
  #running: Promise<void> | undefined;

  constructor({ logger, limitMs = 25_000, exit = (code) => process.exit(code) }: ShutdownOptions) {
    this.#logger = logger;
    this.#limitMs = limitMs;
    this.#exit = exit;
  }

  on(phase: ShutdownPhase, name: string, run: () => unknown): this {
    this.#steps[phase].push({ name, run });
    return this;
  }

  /** Begins on SIGTERM and SIGINT. */
  listen(): this {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (this.#running) {
          this.#logger.warn({ signal }, 'second signal, exiting without finishing');
          this.#exit(1);
          return;
        }
        void this.begin(signal);
      });
    }
    return this;
  }

  /** Runs all phases once, then exits. Calling it again waits for the same run. */
  begin(reason: string): Promise<void> {
    this.#running ??= this.#run(reason);
    return this.#running;
  }

  async #run(reason: string): Promise<void> {
    const startedAt = performance.now();
    this.#logger.info({ reason }, 'shutting down');
    let current: ShutdownPhase = 'stop-receiving';
    let isClean = true;
    const work = (async () => {
      for (const phase of shutdownPhases) {
        current = phase;
        const results = await Promise.all(this.#steps[phase].map((step) => this.#attempt(phase, step)));
        isClean &&= results.every(Boolean);
      }
      return true;
    })();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#limitMs);
    });
    const isFinished = await Promise.race([work, late]);
    clearTimeout(timer);
    const tookMs = Math.round(performance.now() - startedAt);
    if (isFinished) this.#logger.info({ reason, tookMs }, 'shut down');
    else this.#logger.error({ reason, tookMs, phase: current }, 'shutdown took too long, exiting');
    this.#exit(isFinished && isClean ? 0 : 1);
  }

  async #attempt(phase: ShutdownPhase, { name, run }: Step): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (err) {
      this.#logger.error({ err, phase, step: name }, 'a shutdown step failed');
      return false;
    }
  }
}
