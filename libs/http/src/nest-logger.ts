import type { Logger } from '@checkout/observability';
import type { LoggerService } from '@nestjs/common';

/** Nest's own messages in our log. Its chatter about mapped routes is for debugging. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.debug(String(message)),
  error: (message: unknown, ...rest: unknown[]) => logger.error({ rest: rest.map(String) }, String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
});
