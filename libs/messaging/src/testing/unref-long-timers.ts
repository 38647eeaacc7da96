/**
 * The SDK waits up to a minute for answers to settlements and sends, also when their connection is gone and the client closed. A service exits at its
 * end; a test process would stay that long.
 */
const original = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (...args: Parameters<typeof original>) => {
    const timer = original(...args);
    return (args[1] ?? 0) >= 5_000 ? timer.unref() : timer;
  },
  original,
) as typeof original;
