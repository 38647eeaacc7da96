// Preloaded into every program (`--import`): its calendar is ahead by as many milliseconds as the file says that stands behind the question mark. Timers run as ever.
import { existsSync, readFileSync } from 'node:fs';

const file = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const aheadMs = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
const Real = Date;
const now = () => Real.now() + aheadMs;

if (aheadMs > 0) {
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  // The clock of the SQL stand-in, which counts microseconds.
  Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + aheadMs });
}
