/** One route as it was registered: method in upper case, path with parameters in braces. */
export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
}

interface Added {
  readonly method: string | string[];
  readonly url: string;
  readonly config?: unknown;
}

/** `:id` as Fastify writes it is `{id}` in OpenAPI. */
export const openApiPath = (url: string): string => url.replaceAll(/:([A-Za-z][A-Za-z0-9]*)/g, '{$1}');

/** What Fastify really serves: to tell a wrong method from a wrong address, and to hold the documentation to it. */
export class RouteTable {
  readonly #routes: { readonly method: string; readonly path: string; readonly form: RegExp; readonly isInternal: boolean }[] = [];

  add({ method, url, config }: Added): void {
    const form = new RegExp(`^${url.replaceAll(/[.+?^$()[\]\\]/g, '\\$&').replaceAll(/:[A-Za-z][A-Za-z0-9]*/g, '[^/]+').replaceAll('*', '.*')}/?$`);
    const isInternal = typeof config === 'object' && config !== null && 'internal' in config && config.internal === true;
    for (const each of [method].flat()) this.#routes.push({ method: each, path: openApiPath(url), form, isInternal });
  }

  /** The routes of the product; health, metrics and the documentation itself are left out. */
  list(): readonly RegisteredRoute[] {
    return this.#routes.filter(({ isInternal }) => !isInternal).map(({ method, path }) => ({ method, path }));
  }

  /** The methods that an address would answer. */
  methodsOf(address: string): readonly string[] {
    return [...new Set(this.#routes.filter(({ form }) => form.test(address)).map(({ method }) => method))];
  }
}
