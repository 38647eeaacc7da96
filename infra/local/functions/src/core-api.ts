import Module from 'node:module';

/**
 * What `@azure/functions` asks of the process that runs it. The package `@azure/functions-core` is on no registry: the Functions worker hands it
 * to whoever requires it, and so does this host.
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/setupCoreModule.ts
 */
export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly name?: string;
  readonly [setting: string]: unknown;
}

export interface RegisteredFunction {
  readonly name: string;
  /** By binding name; one of them is the trigger, `$return` is what the result becomes. */
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly callback: (...inputs: unknown[]) => unknown;
}

/** A value on its way into or out of a function, as the worker's protocol writes it. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
  readonly collectionString?: { readonly string: readonly string[] };
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: TypedData;
  readonly statusCode?: string;
}

/** One call of a function, as the library's invocation model reads it. */
export interface InvocationRequest {
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext?: { readonly traceParent?: string; readonly traceState?: string };
}

export interface InvocationContext {
  readonly invocationId: string;
  readonly metadata: Omit<RegisteredFunction, 'callback'>;
  readonly request: InvocationRequest;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: string, category: string, message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: RegisteredFunction['callback']): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: TypedData | null }>;
}

export interface ProgrammingModel {
  getInvocationModel(context: InvocationContext): InvocationModel;
}

type HookName = 'preInvocation' | 'postInvocation' | 'appStart' | 'appTerminate';
export type Hook = (context: Record<string, unknown>) => unknown;

/** What an app has registered with the host by being loaded. */
export class Registry {
  readonly functions: RegisteredFunction[] = [];
  readonly #hooks = new Map<HookName, Hook[]>();
  #model: ProgrammingModel | undefined;
  readonly #log: (level: string, message: string) => void;

  constructor(log: (level: string, message: string) => void) {
    this.#log = log;
  }

  /** @throws Error when the app has not loaded `@azure/functions`, and so has no functions. */
  get model(): ProgrammingModel {
    if (!this.#model) throw new Error('The app registered no function: its entry point must import the files that call app.http, app.timer ...');
    return this.#model;
  }

  async run(name: HookName, context: Record<string, unknown>): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }

  /** From now on, whoever requires `@azure/functions-core` in this process gets this registry. One host for each process, as on Azure. */
  install(): void {
    const core = {
      version: '3.12.0',
      hostVersion: '4.1041.0',
      Disposable,
      setProgrammingModel: (model: ProgrammingModel) => { this.#model = model; },
      getProgrammingModel: () => this.#model,
      registerHook: (name: HookName, hook: Hook) => {
        this.#hooks.set(name, [...(this.#hooks.get(name) ?? []), hook]);
        return new Disposable(() => this.#hooks.set(name, (this.#hooks.get(name) ?? []).filter((each) => each !== hook)));
      },
      registerFunction: (metadata: Omit<RegisteredFunction, 'callback'>, callback: RegisteredFunction['callback']) => {
        this.#add({ name: metadata.name, bindings: metadata.bindings, callback });
        return new Disposable(() => undefined);
      },
      log: (level: string, _category: string, message: string) => this.#log(level, message),
    };
    const prototype = Module.prototype as unknown as { require: (this: unknown, id: string) => unknown };
    const original = prototype.require;
    prototype.require = function (id) {
      return id === '@azure/functions-core' ? core : original.call(this, id);
    };
  }

  #add(registered: RegisteredFunction): void {
    if (this.functions.some(({ name }) => name.toLowerCase() === registered.name.toLowerCase())) {
      throw new Error(`There are two functions called ${registered.name}.`);
    }
    this.functions.push(registered);
  }
}

class Disposable {
  readonly #onDispose: () => unknown;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  dispose(): unknown {
    return this.#onDispose();
  }
}
