import { Cron } from 'croner';
import type { RegisteredFunction, Registry } from './core-api.ts';
import { invoke, triggerOf, type Log } from './invoke.ts';
import { withSettings } from './settings.ts';

/** Calls timer functions by their six-field schedule (seconds first, UTC). A call that is still running when the next is due makes that one wait for the one after. */
export class TimerTriggers {
  readonly #jobs: Cron[] = [];
  readonly #running = new Set<Promise<void>>();

  start(registry: Registry, settings: NodeJS.ProcessEnv, log: Log): void {
    for (const registered of registry.functions.filter((each) => triggerOf(each).type === 'timerTrigger')) {
      const { binding, settings: { schedule, runOnStartup } } = triggerOf(registered);
      const call = (): Promise<void> => this.#call(registry, registered, binding, log, job);
      const job = new Cron(withSettings(String(schedule), settings), { protect: true, timezone: 'UTC', mode: '6-part' }, call);
      this.#jobs.push(job);
      if (runOnStartup === true) void call();
    }
  }

  /** No new calls; waits for those under way. */
  async stop(): Promise<void> {
    for (const job of this.#jobs) job.stop();
    await Promise.all(this.#running);
  }

  async #call(registry: Registry, registered: RegisteredFunction, binding: string, log: Log, job: Cron): Promise<void> {
    const last = job.previousRun() ?? new Date();
    const timer = {
      Schedule: { AdjustForDST: false },
      ScheduleStatus: { Last: last.toISOString(), Next: (job.nextRun() ?? last).toISOString(), LastUpdated: last.toISOString() },
      IsPastDue: false,
    };
    const call = invoke(registry, registered, { inputData: [{ name: binding, data: { json: JSON.stringify(timer) } }], triggerMetadata: {} }, log)
      .then(() => undefined, (error: unknown) => log('error', 'a function failed', { function: registered.name, error: String(error) }));
    this.#running.add(call);
    await call;
    this.#running.delete(call);
  }
}
