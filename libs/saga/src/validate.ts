import type { AnyContract } from '@checkout/contracts';
import type { Saga, Step } from './saga.ts';

export interface Mistake {
  readonly code: `SAGA${string}`;
  readonly message: string;
}

/** What is wrong with a declaration, each with a stable code. Empty when it can run. */
export const validate = <D>(saga: Saga<D>): readonly Mistake[] => [...orderMistakes(saga), ...nameMistakes(saga), ...replyMistakes(saga), ...saga.steps.flatMap(stepMistakes)];

/** For start-up: a process that cannot be run right is not run at all. @throws Error naming every mistake */
export function assertValid<D>(saga: Saga<D>): void {
  const mistakes = validate(saga);
  if (mistakes.length === 0) return;
  throw new Error(`Saga "${saga.name}" is declared wrong:\n${mistakes.map(({ code, message }) => `  ${code} ${message}`).join('\n')}`);
}

function orderMistakes<D>({ steps }: Saga<D>): Mistake[] {
  const pivots = steps.filter(({ kind }) => kind === 'pivot');
  if (pivots.length === 0) return [{ code: 'SAGA001', message: 'there is no pivot, so nothing says from where on it must complete' }];
  if (pivots.length > 1) return [{ code: 'SAGA002', message: `more than one pivot: ${list(pivots)}` }];
  const at = steps.findIndex(({ kind }) => kind === 'pivot');
  const undoneTooLate = steps.filter(({ kind }, index) => kind === 'compensatable' && index > at);
  const repeatedTooEarly = steps.filter(({ kind }, index) => kind === 'retriable' && index < at);
  return [
    ...undoneTooLate.map(({ name }): Mistake => ({ code: 'SAGA003', message: `"${name}" can be undone, but stands after the pivot, where nothing is undone` })),
    ...repeatedTooEarly.map(({ name }): Mistake => ({ code: 'SAGA004', message: `"${name}" cannot be undone, but stands before the pivot, where everything must be` })),
  ];
}

const nameMistakes = <D>({ steps }: Saga<D>): Mistake[] =>
  repeated(steps.map(({ name }) => name)).map((name) => ({ code: 'SAGA005', message: `more than one step is called "${name}"` }));

/** A reply is found by its type alone, so no two exchanges may share one. */
function replyMistakes<D>({ startedBy, steps, stalled }: Saga<D>): Mistake[] {
  const replies = [...steps.flatMap(repliesOf), ...(stalled ? [stalled.says] : [])];
  return [
    ...repeated(replies.map(({ type }) => type)).map((type): Mistake => ({ code: 'SAGA006', message: `${type} is the reply to more than one thing` })),
    ...replies.filter(({ kind }) => kind === 'command').map(({ type }): Mistake => ({ code: 'SAGA007', message: `${type} is a command, and cannot be a reply` })),
    ...replies.filter(({ type }) => type === startedBy.type).map(({ type }): Mistake => ({ code: 'SAGA008', message: `${type} starts the saga, and cannot be a reply too` })),
  ];
}

const repliesOf = <D>(step: Step<D>): AnyContract[] => {
  const { succeeds, fails, compensated }: Partial<Record<'succeeds' | 'fails' | 'compensated', AnyContract>> = step;
  return [succeeds, fails, compensated].filter((reply) => reply !== undefined);
};

/** Most of these are type errors too; they are looked for again because a declaration may have been put together by a program. */
function stepMistakes<D>(step: Step<D>): Mistake[] {
  const { name, kind } = step;
  const has = (field: string): boolean => (step as object as Record<string, unknown>)[field] !== undefined;
  const mistakes: Mistake[] = [];
  if (has('fails') !== has('refused')) mistakes.push({ code: 'SAGA009', message: `"${name}" needs both or neither of fails and refused` });
  if (kind === 'retriable' && has('fails')) mistakes.push({ code: 'SAGA010', message: `"${name}" is retriable, and must not be refusable: there is no way back` });
  if (kind !== 'retriable' && !has('fails')) mistakes.push({ code: 'SAGA011', message: `"${name}" does not say which reply means no` });
  if (kind === 'compensatable' && !(has('compensate') && has('compensated'))) {
    mistakes.push({ code: 'SAGA012', message: `"${name}" does not say how it is undone and which reply says so` });
  }
  if (!(Number.isFinite(step.within) && step.within > 0)) mistakes.push({ code: 'SAGA013', message: `"${name}" must wait a positive time for its reply, not ${step.within} ms` });
  if (step.asks !== undefined && !(Number.isInteger(step.asks) && step.asks > 0)) mistakes.push({ code: 'SAGA014', message: `"${name}" must be asked at least once, not ${step.asks} times` });
  return mistakes;
}

const repeated = (texts: readonly string[]): string[] => [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
const list = (steps: readonly { readonly name: string }[]): string => steps.map(({ name }) => `"${name}"`).join(', ');
