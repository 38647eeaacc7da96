/**
 * Which dependency an error came out of, when the dependency answered and so is not down: a row that is not what the code expects, a constraint that
 * did not hold. Kept beside the error, so that whoever passes it on need not know.
 */
const dependencies = new WeakMap<Error, string>();

/** @returns the error. The first to be blamed stays so: it was nearest. */
export function blame<E>(error: E, dependency: string): E {
  if (error instanceof Error && !dependencies.has(error)) dependencies.set(error, dependency);
  return error;
}

export const blamedDependency = (error: Error): string | undefined => dependencies.get(error);
