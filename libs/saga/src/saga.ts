import type { AnyContract, BodyOf, checkout, Message } from '@checkout/contracts';

/** One exchange with a participant: a command goes out, one of its replies comes back. */
interface Exchange<Data, Succeeds, Kept> {
  /** Built from the saga's data and from what earlier steps' replies have left, both of which stay as they are: asking again asks the same thing. */
  readonly command: (data: Data, results: Results) => Message;
  readonly succeeds: Succeeds;
  /** Milliseconds to wait for a reply before asking again; doubled with every further request. */
  readonly within: number;
  /** How many requests may stay without an answer before a person is told; `defaultAsks` when absent. */
  readonly asks?: number;
  /** Fields of the reply that the ending needs. Nothing else of a reply is remembered. */
  readonly keeps?: readonly Kept[];
}

interface Refusable<Fails> {
  readonly fails: Fails;
  /** Puts a refusal in words that a till can act on. */
  readonly refused: (body: BodyOf<Fails>) => checkout.Reason;
}

interface Undoable<Data> {
  /** Must succeed at the participant whether or not the step ever happened, and bar it from happening later. */
  readonly compensate: (data: Data) => Message;
  readonly compensated: AnyContract;
}

type CompensatableRow<Data, Succeeds, Fails, Kept> = Exchange<Data, Succeeds, Kept> & Refusable<Fails> & Undoable<Data>;
type PivotRow<Data, Succeeds, Fails, Kept> = Exchange<Data, Succeeds, Kept> & Refusable<Fails>;
type RetriableRow<Data, Succeeds, Kept> = Exchange<Data, Succeeds, Kept>;

/** A refusal's words, for an engine that does not know which reply it holds. */
interface Refused {
  readonly fails: AnyContract;
  // A method, because those are compared bivariantly: each step's own function reads its own reply.
  refused(body: unknown): checkout.Reason;
}

interface StepOf<Kind extends string, Data, Name, Succeeds, Kept> extends Exchange<Data, Succeeds, Kept> {
  readonly kind: Kind;
  readonly name: Name;
}
export interface Compensatable<Data, Name = string, Succeeds = AnyContract, Kept = string>
  extends StepOf<'compensatable', Data, Name, Succeeds, Kept>, Refused, Undoable<Data> {}
export interface Pivot<Data, Name = string, Succeeds = AnyContract, Kept = string> extends StepOf<'pivot', Data, Name, Succeeds, Kept>, Refused {}
export interface Retriable<Data, Name = string, Succeeds = AnyContract, Kept = string> extends StepOf<'retriable', Data, Name, Succeeds, Kept> {}

/** The three kinds of saga transaction; the names are Richardson's, *Microservices Patterns* §4.3. */
export type Step<Data> = Compensatable<Data> | Pivot<Data> | Retriable<Data>;

type FieldOf<Contract> = keyof BodyOf<Contract> & string;

/** Can be undone. Steps of this kind come first, one after another. */
export const compensatable = <D, const Name extends string, S extends AnyContract, F extends AnyContract, K extends FieldOf<S> = never>(
  name: Name, row: CompensatableRow<D, S, F, K>,
): Compensatable<D, Name, S, NoInfer<K>> => ({ kind: 'compensatable', name, ...row });

/** The point of no return, exactly one. Its success commits the saga to completing; its refusal undoes everything before it. */
export const pivot = <D, const Name extends string, S extends AnyContract, F extends AnyContract, K extends FieldOf<S> = never>(
  name: Name, row: PivotRow<D, S, F, K>,
): Pivot<D, Name, S, NoInfer<K>> => ({ kind: 'pivot', name, ...row });

/** Cannot be refused, only repeated until it is done. All of them are sent together after the pivot: none may depend on another. */
export const retriable = <D, const Name extends string, S extends AnyContract, K extends FieldOf<S> = never>(
  name: Name, row: RetriableRow<D, S, K>,
): Retriable<D, Name, S, NoInfer<K>> => ({ kind: 'retriable', name, ...row });

/** By a step's name, the fields of its reply that it keeps. */
export type Results = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type ResultsOf<Steps extends readonly unknown[]> = {
  readonly [S in Steps[number] as KeptBy<S> extends never ? never : NameOf<S>]: Readonly<Pick<BodyOf<SucceedsOf<S>>, KeptBy<S> & FieldOf<SucceedsOf<S>>>>;
};
type NameOf<S> = S extends { readonly name: infer Name extends string } ? Name : never;
type SucceedsOf<S> = S extends { readonly succeeds: infer Succeeds } ? Succeeds : never;
type KeptBy<S> = S extends { readonly keeps?: readonly (infer Kept)[] } ? Kept : never;

/** `true` for compensatable steps, then one pivot, then retriable steps. In another order it could not be undone, or not be finished. */
type InOrder<Steps extends readonly unknown[]> =
  Steps extends readonly [{ readonly kind: 'compensatable' }, ...infer Rest] ? InOrder<Rest>
  : Steps extends readonly [{ readonly kind: 'pivot' }, ...infer Rest] ? AllRetriable<Rest>
  : false;
type AllRetriable<Steps extends readonly unknown[]> =
  Steps extends readonly [] ? true
  : Steps extends readonly [{ readonly kind: 'retriable' }, ...infer Rest] ? AllRetriable<Rest>
  : false;

/** The reply by which a participant says that it is at it and cannot go on by itself. */
interface Stalled {
  readonly says: AnyContract;
  // A method, for the same reason as above.
  why(body: unknown): string;
}

export interface Saga<Data> {
  readonly name: string;
  /** Raised whenever the steps change in a way that a saga under way would not understand; a saga ends by the declaration that it began with. */
  readonly version: number;
  readonly stalled?: Stalled;
  readonly startedBy: AnyContract;
  readonly steps: readonly Step<Data>[];
  completed(data: Data, results: Results): readonly Message[];
  cancelled(data: Data, because: checkout.Reason, results: Results): readonly Message[];
}

interface Declaration<Data, Steps extends readonly unknown[]> {
  readonly name: string;
  readonly version: number;
  readonly stalled?: Stalled;
  readonly steps: Steps & (InOrder<Steps> extends true ? unknown : 'compensatable steps come first, then one pivot, then retriable steps');
  /** What to say when every step is done. */
  readonly completed: (data: Data, results: ResultsOf<Steps>) => readonly Message[];
  /** What to say when everything that may have happened is undone. Nothing promises which results there are. */
  readonly cancelled: (data: Data, because: checkout.Reason, results: Partial<ResultsOf<Steps>>) => readonly Message[];
}

/** A saga's data is the body of the message that started it, and never changes. */
export const saga = <Start extends AnyContract, const Steps extends readonly Step<BodyOf<Start>>[]>(
  startedBy: Start, declaration: Declaration<BodyOf<Start>, Steps>,
): Saga<BodyOf<Start>> => {
  // The exact results are for whoever reads the declaration; the engine knows only that there are some.
  const forgetful = declaration as unknown as Omit<Saga<BodyOf<Start>>, 'startedBy'>;
  return { startedBy, ...forgetful };
};
