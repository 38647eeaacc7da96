import type { AnyContract, Message } from '@checkout/contracts';
import type { Compensatable, Pivot, Retriable, Saga, Step } from './saga.ts';

/** Sagas of any shape for this library's own specs, with contracts that accept everything. */

export const contract = (type: string, kind: 'command' | 'event' = 'event'): AnyContract => {
  const make = (body: unknown = {}): Message => ({ type, body });
  // A stand-in for a contract has no schema: nothing here reads one.
  return Object.assign(make, { type, kind, topic: 'sample', schema: undefined, parse: make, is: (message: Message) => message.type === type }) as unknown as AnyContract;
};

export interface SampleData {
  readonly order: number;
}

const command = (type: string) => ({ order }: SampleData): Message => ({ type, body: { order } });
const exchange = (name: string) => ({ name, command: command(`do ${name}`), succeeds: contract(`${name} done`), within: 1_000, keeps: ['proof'] });
const refusable = (name: string) => ({ fails: contract(`${name} refused`), refused: () => ({ code: 'payment-declined', message: `${name} says no` }) as const });

export const undoableStep = (name: string): Compensatable<SampleData> => ({
  kind: 'compensatable', ...exchange(name), ...refusable(name), compensate: command(`undo ${name}`), compensated: contract(`${name} undone`),
});
export const pivotStep = (name: string): Pivot<SampleData> => ({ kind: 'pivot', ...exchange(name), ...refusable(name) });
export const repeatableStep = (name: string): Retriable<SampleData> => ({ kind: 'retriable', ...exchange(name) });

export const sampleOf = (steps: readonly Step<SampleData>[]): Saga<SampleData> => ({
  name: 'sample',
  version: 1,
  stalled: { says: contract('stalled'), why: () => 'a participant is stuck' },
  startedBy: contract('begun'),
  steps,
  completed: ({ order }, results) => [{ type: 'all done', body: { order, results } }],
  cancelled: ({ order }, because) => [{ type: 'called off', body: { order, because } }, { type: 'told the outside', body: { order } }],
});

/** `undoable` steps a, b, …, one pivot, `repeatable` steps y, z, … */
export const sampleWith = (undoable: number, repeatable: number): Saga<SampleData> =>
  sampleOf([
    ...Array.from({ length: undoable }, (_, index) => undoableStep(`before${index}`)),
    pivotStep('pivot'),
    ...Array.from({ length: repeatable }, (_, index) => repeatableStep(`after${index}`)),
  ]);
