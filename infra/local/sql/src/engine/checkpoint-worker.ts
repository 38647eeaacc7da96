import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// Runs in a thread of its own: copies the log into the database file while commits go on. A passive checkpoint waits for nobody.
// Kept free of imports from the package, so that it runs on Node's own type stripping wherever the server runs.
const db = new DatabaseSync((workerData as { path: string }).path, { timeout: 0 });
db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (message: 'run' | 'close') => {
  if (message === 'run') {
    checkpoint.get();
    parentPort?.postMessage('done');
    return;
  }
  db.close();
  parentPort?.close();
});
