import type { Type } from './syntax.ts';
import { Later, show, type Value } from './value.ts';

/** A type without names: those of the file and of what it imports are put in their places. */
export function resolveType(type: Type, named: ReadonlyMap<string, Type>): Type {
  switch (type.kind) {
    case 'plain': case 'literal': return type;
    case 'named': {
      const found = named.get(type.name);
      if (!found) throw new Error(`${type.name} is no type that is known`);
      return resolveType(found, named);
    }
    case 'list': case 'nullable': return { ...type, of: resolveType(type.of, named) };
    case 'either': return { ...type, of: type.of.map((each) => resolveType(each, named)) };
    case 'record': return { ...type, fields: new Map([...type.fields].map(([name, field]) => [name, resolveType(field, named)])) };
  }
}

/** Why a value is not of a type; undefined when it is. */
export function mismatch(value: Value | undefined, type: Type): string | undefined {
  if (type.kind === 'nullable') return value === null || value === undefined ? undefined : mismatch(value, type.of);
  if (value === undefined) return 'is missing';
  // Azure says what it is; the compiler knows, we do not.
  if (value instanceof Later) return undefined;
  switch (type.kind) {
    case 'plain': return isPlain(value, type.name) ? undefined : `is ${show(value)}, which is no ${type.name}`;
    case 'literal': return value === type.value ? undefined : `is ${show(value)} and not '${type.value}'`;
    case 'either': return type.of.some((each) => mismatch(value, each) === undefined) ? undefined : `is ${show(value)}, which is none of the allowed`;
    case 'list': {
      if (!Array.isArray(value)) return `is ${show(value)}, which is no array`;
      return (value as Value[]).map((item, index) => [index, mismatch(item, type.of)] as const).filter(([, wrong]) => wrong !== undefined).map(([index, wrong]) => `[${index}] ${wrong}`)[0];
    }
    case 'record': {
      if (!isPlain(value, 'object')) return `is ${show(value)}, which is no object`;
      const object = value as Record<string, Value>;
      for (const [name, field] of type.fields) {
        const wrong = mismatch(object[name], field);
        if (wrong !== undefined) return `has ${name}, which ${wrong}`;
      }
      const unknown = type.isOpen ? undefined : Object.keys(object).find((name) => !type.fields.has(name));
      return unknown === undefined ? undefined : `has ${unknown}, which is not asked for`;
    }
    case 'named': throw new Error(`${type.name} was not resolved`);
  }
}

function isPlain(value: Value, name: 'string' | 'int' | 'bool' | 'object' | 'array'): boolean {
  switch (name) {
    case 'string': return typeof value === 'string';
    case 'int': return Number.isInteger(value);
    case 'bool': return typeof value === 'boolean';
    case 'array': return Array.isArray(value);
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}
