import { MAX } from './sql-type.ts';

/** JSON of things that hold types: (MAX) is an infinite length, which JSON has no word for. */
export const typesToJson = (value: unknown) => JSON.stringify(value, (key, part: unknown) => (key === 'length' && part === MAX ? 'max' : part));
export const typesFromJson = (text: string): unknown => JSON.parse(text, (key, part: unknown) => (key === 'length' && part === 'max' ? MAX : part));
