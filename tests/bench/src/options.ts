import { parseArgs } from 'node:util';

/** What a run measures; every value can be given on the command line. */
export interface Options {
  readonly levels: readonly number[];
  readonly seconds: number;
  /** Before each level, at that level. */
  readonly warmUpSeconds: number;
  /** Once, before the first level, with 64 in flight: as long as it takes until hot code is compiled. */
  readonly heatSeconds: number;
  readonly rounds: number;
  readonly stores: number;
  readonly skus: number;
  readonly providerLatencyMs: number;
  readonly seed: number;
  /** A folder for one CPU profile of each process; profiling costs speed, so such a run's figures do not count. */
  readonly profile: string | undefined;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      levels: { type: 'string', default: '1,16,64,256' },
      seconds: { type: 'string', default: '10' },
      'warm-up': { type: 'string', default: '4' },
      heat: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '1' },
      stores: { type: 'string', default: '50' },
      skus: { type: 'string', default: '1000' },
      'provider-latency': { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'string' },
    },
  });
  const number = (text: string, name: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number, not ${text}`);
    return value;
  };
  return {
    levels: values.levels.split(',').map((level) => number(level, 'levels')),
    seconds: number(values.seconds, 'seconds'),
    warmUpSeconds: number(values['warm-up'], 'warm-up'),
    heatSeconds: number(values.heat, 'heat'),
    rounds: number(values.rounds, 'rounds'),
    stores: number(values.stores, 'stores'),
    skus: number(values.skus, 'skus'),
    providerLatencyMs: number(values['provider-latency'], 'provider-latency'),
    seed: number(values.seed, 'seed'),
    profile: values.profile,
  };
}
