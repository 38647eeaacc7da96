const undone = new Set<() => void>();
let isListening = false;

/**
 * For what outlives this process unless somebody ends it. It is undone, the latest first, however this process ends: by Ctrl-C too, where `exitOnSignals` was called.
 * @returns what says that it has been undone otherwise.
 */
export function atExit(undo: () => void): () => void {
  if (!isListening) process.on('exit', undoAll);
  isListening = true;
  undone.add(undo);
  return () => void undone.delete(undo);
}

function undoAll(): void {
  for (const undo of [...undone].reverse()) {
    try {
      undo();
    } catch {
      // The others are still to be undone, and nobody is left who could be told.
    }
  }
}

/**
 * By default a signal ends a process without an `exit`, and the programs that it has started, which are groups of their own, run on.
 * @returns what leaves signals to somebody else again.
 */
export function exitOnSignals(): () => void {
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  const listeners = Object.entries(codes).map(([signal, code]) => [signal, () => process.exit(code)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
