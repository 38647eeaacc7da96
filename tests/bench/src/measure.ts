import type { Network } from '@checkout/local-network';
import { machine, usageOf, type Usage } from './machine.ts';
import type { Subscriber } from './subscriber.ts';
import type { Tills } from './tills.ts';

export interface Level {
  readonly inflight: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** How long a sale may take before the run is called stuck. */
const stuckMs = 60_000;

/** Keeps `inflight` customers at the counters for the given time, and reports what that took. */
export async function measure(network: Network, tills: Tills, subscriber: Subscriber, { inflight, warmUpSeconds, seconds }: Level) {
  const latencies: number[] = [];
  const acks: number[] = [];
  let isMeasuring = false;
  let isOver = false;

  const counter = async (): Promise<void> => {
    while (!isOver) {
      const startedAt = performance.now();
      const countsFromHere = isMeasuring;
      const { saleId, ackMs } = await tills.sell();
      await inTime(subscriber.ended(saleId), saleId);
      if (!countsFromHere || !isMeasuring) continue;
      latencies.push(performance.now() - startedAt);
      acks.push(ackMs);
    }
  };

  const counters = Promise.all(Array.from({ length: inflight }, counter));
  counters.catch(() => {
    isOver = true;
  });
  await Promise.race([pause(warmUpSeconds * 1_000), counters]);
  const before = usages(network);
  const startedAt = performance.now();
  isMeasuring = true;
  await Promise.race([pause(seconds * 1_000), counters]);
  isMeasuring = false;
  const tookMs = performance.now() - startedAt;
  const after = usages(network);
  isOver = true;
  await counters;

  const checkouts = latencies.length;
  const cpuMs = Object.fromEntries(Object.entries(after).map(([name, { cpuMs: total }]) => [name, total - (before[name]?.cpuMs ?? 0)]));
  const { tills: _, ...system } = cpuMs;
  return {
    bench: 'checkout',
    inflight,
    checkouts,
    seconds: round(tookMs / 1_000),
    checkoutsPerSec: round((checkouts * 1_000) / tookMs),
    latencyMs: percentiles(latencies),
    ackMs: percentiles(acks),
    /** All processes of the system, stand-ins and simulated provider included; the tills and the subscriber of the benchmark are not. */
    cpuMsPerCheckout: round(Object.values(system).reduce((sum, ms) => sum + ms, 0) / checkouts),
    cpuMsByProcess: Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, round(ms / checkouts)])),
    peakRssMbByProcess: Object.fromEntries(Object.entries(after).map(([name, { peakRssMb }]) => [name, peakRssMb])),
    machine: machine(),
  };
}

const usages = (network: Network): Record<string, Usage> => ({
  ...Object.fromEntries(network.processes().map(({ name, pid }) => [name, usageOf(pid)])),
  tills: usageOf(process.pid),
});

function percentiles(values: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

const round = (value: number): number => Math.round(value * 100) / 100;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function inTime<T>(promise: Promise<T>, saleId: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Sale ${saleId} was accepted but had not ended after ${stuckMs} ms`)), stuckMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
