// Preloaded (`--import`): the calendar of this process is ahead by CLOCK_AHEAD_MS, or behind where that is negative, and is set by CLOCK_STEP_MS more at each SIGUSR2.
// Timers run as ever.
const stepMs = Number(process.env.CLOCK_STEP_MS ?? 0);
let aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const Real = Date;
const now = () => Real.now() + aheadMs;

if (stepMs !== 0) process.on('SIGUSR2', () => { aheadMs += stepMs; });
if (aheadMs !== 0 || stepMs !== 0) {
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
