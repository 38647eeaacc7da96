/** What a program needs of HTTP that is served by another host than Nest: the functions app. */
export { parseJsonBytes } from './json.ts';
export { createOpenApi, type RouteDoc } from './openapi.ts';
export { Problem, problemMediaType } from './problem.ts';
export { translate } from './translate.ts';
export { problemOf } from './field-errors.ts';
