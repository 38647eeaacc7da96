import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per process: what `/metrics` shows is what the process did, whichever library counted it. */
export const registry = new Registry();

/** Labels with one value per sale or person would make one time series each. Those belong in the log. */
const unbounded = new Set(['tenantId', 'storeId', 'tillId', 'saleId', 'commandId', 'traceId', 'messageId', 'subject', 'sku', 'url', 'path']);

/** From a millisecond, where a bus or database call lies here, to the 30 seconds after which a till has given up. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function checked<L extends string>(name: string, labels: readonly L[]): L[] {
  const wrong = labels.find((label) => unbounded.has(label));
  if (wrong) throw new Error(`Metric ${name} may not carry the label ${wrong}: it has no bounded set of values. Log it instead.`);
  return [...labels];
}

/** Counts events. Asking twice for one name gives the same counter. */
export function counter<L extends string = never>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
  const existing = registry.getSingleMetric(name);
  if (existing) return existing as unknown as Counter<L>;
  return new Counter<L>({ name, help, labelNames: checked(name, labels), registers: [registry] });
}

/** Distributes observations over buckets; by default seconds. Asking twice for one name gives the same histogram. */
export function histogram<L extends string = never>(name: string, help: string, labels: readonly L[] = [], buckets: readonly number[] = durationBuckets): Histogram<L> {
  const existing = registry.getSingleMetric(name);
  if (existing) return existing as unknown as Histogram<L>;
  return new Histogram<L>({ name, help, labelNames: checked(name, labels), buckets: [...buckets], registers: [registry] });
}

/** Shows a level; `read` is asked at each scrape, so that nothing has to be kept up to date in between. */
export function gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = [], read?: (gauge: Gauge<L>) => void): Gauge<L> {
  const existing = registry.getSingleMetric(name);
  if (existing) return existing as unknown as Gauge<L>;
  const made: Gauge<L> = new Gauge<L>({ name, help, labelNames: checked(name, labels), registers: [registry], ...(read && { collect: () => read(made) }) });
  return made;
}

/** Shows counts that somebody keeps anyway, read at each scrape: where even a counter would be too dear. They may only grow. */
export function countedElsewhere<L extends string>(name: string, help: string, labels: readonly L[], read: () => readonly (readonly [Record<L, string>, number])[]): void {
  if (registry.getSingleMetric(name)) return;
  const made: Counter<L> = new Counter<L>({
    name, help, labelNames: checked(name, labels), registers: [registry],
    collect() {
      made.reset();
      for (const [of, count] of read()) made.inc(of, count);
    },
  });
}

/** Adds what Node tells about itself: memory, CPU, event loop lag, garbage collection. Call once, in `main`. */
export function collectProcessMetrics(): void {
  if (!registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: registry });
}

/** The registry in the Prometheus text format. */
export const metricsText = (): Promise<string> => registry.metrics();

export const metricsContentType: string = registry.contentType;
