import type { Logger } from './logger.ts';

/**
 * Crash-only: after an error that nothing caught, the memory of this process is not to be trusted, while everything
 * acknowledged is on disk. So it is logged and the process ends; the platform starts another.
 */
export function exitOnCrash(logger: Logger, exit: (code: number) => void = (code) => process.exit(code)): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (reason: unknown) => {
      const err = reason instanceof Error ? reason : new Error(`not an error: ${String(reason)}`);
      logger.fatal({ err, event }, 'crashed');
      exit(1);
    });
  }
}
