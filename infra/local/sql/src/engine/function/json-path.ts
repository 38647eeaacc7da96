import { TsqlError } from '../error.ts';

export type JsonPath = readonly (string | number)[];

const step = /\.(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_$][\w$]*))|\[(\d+)\]/gy;

/** A lax JSON path: `$.a."b c"[0]`. https://learn.microsoft.com/sql/relational-databases/json/json-path-expressions-sql-server */
export function parsePath(text: string): JsonPath {
  const lax = text.trim().replace(/^lax\s+/i, '');
  if (!lax.startsWith('$')) throw new TsqlError(13607, `JSON path is not properly formatted. Unexpected character '${lax[0] ?? ''}' is found at position 0 (strict paths are outside the subset).`, { state: 4, effect: 'batch' });
  const path: (string | number)[] = [];
  let at = 1;
  while (at < lax.length) {
    step.lastIndex = at;
    const match = step.exec(lax);
    if (!match) throw new TsqlError(13607, `JSON path is not properly formatted. Unexpected character '${lax[at] ?? ''}' is found at position ${at}.`, { state: 4, effect: 'batch' });
    path.push(match[3] === undefined ? (match[1] ?? match[2] ?? '') : Number(match[3]));
    at = step.lastIndex;
  }
  return path;
}

export function follow(value: unknown, path: JsonPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (typeof part === 'number') {
      if (!Array.isArray(current)) return undefined;
      current = current[part];
    } else {
      if (Array.isArray(current) || !Object.hasOwn(current, part)) return undefined;
      current = (current as Readonly<Record<string, unknown>>)[part];
    }
  }
  return current;
}
