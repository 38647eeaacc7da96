/**
 * Work that may have to wait for a lock, a fault rule or the client: it yields what it waits for. Hardly any request waits, and what does not runs through
 * in one go, without a promise and a turn of the queue for each function on its way.
 */
export type Waiting<T> = Generator<PromiseLike<unknown>, T, undefined>;

/** Runs the work: to its end when it waits for nothing, and on from each promise when that has come. `ended` is told what it threw, or undefined. */
export function run(work: Waiting<void>, ended: (error: unknown) => void): void {
  resume(work, () => work.next(), ended);
}

function resume(work: Waiting<void>, go: () => IteratorResult<PromiseLike<unknown>, void>, ended: (error: unknown) => void): void {
  let step: IteratorResult<PromiseLike<unknown>, void>;
  try {
    step = go();
  } catch (error) {
    ended(error);
    return;
  }
  if (step.done) ended(undefined);
  else step.value.then(() => resume(work, () => work.next(), ended), (error: unknown) => resume(work, () => work.throw(error), ended));
}

/** What a promise brings. */
export function* wait<T>(promise: Promise<T>): Waiting<T> {
  const box: { value?: T } = {};
  yield promise.then((value) => { box.value = value; });
  return box.value as T;
}
