import type { Permission } from '@checkout/auth';
import { z, type ZodObject, type ZodType } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiParameters, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { codes } from '@checkout/contracts';
import { problemMediaType } from './problem.ts';
import type { RegisteredRoute } from './routes.ts';

/** One documented route. The path has its parameters in braces: `/v1/checkouts/{id}`. */
export interface RouteDoc {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** What the caller's token must grant. */
  readonly permission: Permission | 'public';
  /** Path parameters. Default: each is a text. */
  readonly params?: ZodObject;
  readonly query?: ZodObject;
  readonly headers?: ZodObject;
  readonly body?: ZodType;
  /** By status. Problem documents need not be listed: every route may answer with one. */
  readonly responses: Readonly<Record<number, { readonly description: string; readonly body?: ZodType; readonly mediaType?: string; readonly alsoAs?: readonly string[] }>>;
}

export interface ApiDoc {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly routes: readonly RouteDoc[];
}

const fieldError = z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() });

/** The problem document as the documentation shows it. */
export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  code: z.enum(Object.keys(codes) as [keyof typeof codes, ...(keyof typeof codes)[]]),
  traceId: z.string(),
  errors: z.array(fieldError).optional(),
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
  outcome: z.enum(['not_accepted', 'accepted', 'unknown']),
  moneyMoved: z.enum(['no', 'yes', 'unknown']),
  action: z.string(),
  dependencies: z.array(z.string()).optional().meta({ description: 'What is down.' }),
  incidentId: z.string().optional(),
  commandId: z.string().optional(),
  saleId: z.string().optional(),
}).meta({ id: 'Problem', description: 'RFC 9457, plus whether the request was accepted, whether money moved and what to do.' });

/** The OpenAPI 3.1 document of a route table. */
export function createOpenApi({ title, version, description, routes }: ApiDoc): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  return createDocument({
    openapi: '3.1.1',
    info: { title, version, ...(description !== undefined && { description }) },
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  });
}

function operationOf({ method, path, summary, description, permission, params, query, headers, body, responses }: RouteDoc): ZodOpenApiOperationObject {
  const pathParams = params ?? parametersIn(path);
  const parameters: ZodOpenApiParameters = { ...(pathParams && { path: pathParams }), ...(query && { query }), ...(headers && { header: headers }) };
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')}`,
    summary,
    ...(description !== undefined && { description }),
    ...(Object.keys(parameters).length > 0 && { requestParams: parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    ...(permission === 'public' ? { security: [] } : { security: [{ token: [] }], 'x-permission': permission }),
    responses: responsesOf(responses),
  };
}

/** A path parameter is a text unless the route says more about it. */
function parametersIn(path: string): ZodObject | undefined {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  return names.length === 0 ? undefined : z.strictObject(Object.fromEntries(names.map((name) => [name, z.string()])));
}

function responsesOf(responses: RouteDoc['responses']): ZodOpenApiResponsesObject {
  const documented: ZodOpenApiResponsesObject = { default: { description: 'A problem document', content: { [problemMediaType]: { schema: ProblemSchema } } } };
  for (const [status, { description, body, mediaType = 'application/json', alsoAs = [] }] of Object.entries(responses)) {
    documented[`${Number(status)}` as `${1 | 2 | 3 | 4 | 5}${string}`] = { description, ...(body && { content: Object.fromEntries([[mediaType, { schema: body }], ...alsoAs.map((type) => [type, { schema: z.string() }])]) }) };
  }
  return documented;
}

/** Where the documentation and what is served differ; both lists are empty when they agree. */
export function compareRoutes(documented: readonly RouteDoc[], registered: readonly RegisteredRoute[]): { readonly undocumented: string[]; readonly notServed: string[] } {
  const key = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;
  const docs = new Set(documented.map(key));
  const served = new Set(registered.map(key));
  return { undocumented: [...served].filter((each) => !docs.has(each)), notServed: [...docs].filter((each) => !served.has(each)) };
}
