import { Network } from '@checkout/local-network';
import { programs, type Settings } from './programs.ts';

/** What `npm start` tells every program of ours. @param stateDirectory where keys are kept; they are made when there are none */
export const localSettings = (stateDirectory: string): ReadonlyMap<string, Settings> =>
  new Map(Network.programs({ stateDirectory, ports: 'fixed', log: () => {} }).filter(({ name }) => name in programs).map(({ name, environment }) => [name, environment]));
