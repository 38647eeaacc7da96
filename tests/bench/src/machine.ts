import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** What the figures were measured on. A figure without its machine is worth nothing. */
export const machine = () => ({
  platform: `${platform()}-${arch()}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
});

export interface Usage {
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

/** Clock ticks per second that the kernel counts CPU time in; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU used so far and the highest resident memory of a process, from /proc (Linux only; zeros elsewhere). */
export function usageOf(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may hold spaces: count the fields after it. 14 and 15 are utime and stime (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond, peakRssMb: Math.round(Number(peak) / 1_024) };
  } catch {
    return { cpuMs: 0, peakRssMb: 0 };
  }
}
