import { randomUUID } from 'node:crypto';
import type { Registry, RegisteredFunction, InvocationContext, InvocationRequest, TypedData } from './core-api.ts';

export type Log = (level: string, message: string, detail?: Readonly<Record<string, unknown>>) => void;

/**
 * Calls a function once, with the hooks of the app around it, and returns what its `$return` binding became.
 * @throws whatever the function or a hook throws
 */
export async function invoke(registry: Registry, { name, bindings, callback }: RegisteredFunction, request: InvocationRequest, log: Log): Promise<TypedData | null | undefined> {
  const core: InvocationContext = {
    invocationId: randomUUID(),
    metadata: { name, bindings },
    request,
    log: (level, category, message) => log(level, message, { function: name, category }),
  };
  const model = registry.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const hookData = {};
  const before = { hookData, appHookData: {}, invocationContext: context, functionCallback: callback, inputs };
  core.state = 'preInvocationHooks';
  await registry.run('preInvocation', before);
  core.state = 'invocation';
  const after: { result: unknown; error: unknown; [key: string]: unknown } = { hookData, appHookData: {}, invocationContext: context, inputs, result: undefined, error: undefined };
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await registry.run('postInvocation', after);
  if (after.error !== undefined && after.error !== null) throw after.error;
  return (await model.getResponse(context, after.result)).returnValue;
}

/** The binding that starts a function. */
export function triggerOf({ name, bindings }: RegisteredFunction): { readonly binding: string; readonly type: string; readonly settings: Readonly<Record<string, unknown>> } {
  const found = Object.entries(bindings).find(([, { type }]) => type.toLowerCase().endsWith('trigger'));
  if (!found) throw new Error(`Function ${name} has no trigger.`);
  return { binding: found[0], type: found[1].type, settings: found[1] };
}
