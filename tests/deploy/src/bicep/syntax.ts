/** What a Bicep file says, of the part of the language that `infra/azure` uses. */
export interface File {
  readonly parameters: readonly Parameter[];
  readonly variables: readonly { readonly name: string; readonly value: Expression }[];
  readonly resources: readonly Deployed[];
  readonly modules: readonly Deployed[];
  readonly outputs: readonly { readonly name: string; readonly type: Type; readonly value: Expression }[];
  readonly types: ReadonlyMap<string, Type>;
  readonly imports: readonly { readonly names: readonly string[]; readonly from: string }[];
  /** Values that a `.bicepparam` gives. */
  readonly given: ReadonlyMap<string, Expression>;
  readonly using?: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly fallback?: Expression;
  readonly line: number;
}

/** A resource or a module. */
export interface Deployed {
  readonly name: string;
  /** `Microsoft.App/jobs@2025-01-01`, or the path of a module. */
  readonly what: string;
  readonly isExisting: boolean;
  readonly condition?: Expression;
  readonly loop?: Loop;
  readonly body: Expression & { readonly kind: 'object' };
  readonly line: number;
}

export interface Loop {
  readonly item: string;
  readonly index?: string;
  readonly over: Expression;
}

export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: Expression; readonly isSafe: boolean; readonly line: number }
  | { readonly kind: 'nested'; readonly object: Expression; readonly name: string; readonly line: number }
  | { readonly kind: 'call'; readonly name: string; readonly of?: Expression; readonly given: readonly Expression[]; readonly line: number }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly properties: readonly { readonly key: Expression; readonly value: Expression }[]; readonly nested: readonly Deployed[] }
  | { readonly kind: 'for'; readonly loop: Loop; readonly body: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'lambda'; readonly names: readonly string[]; readonly body: Expression };

export type Type =
  | { readonly kind: 'plain'; readonly name: 'string' | 'int' | 'bool' | 'object' | 'array' }
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'nullable'; readonly of: Type }
  | { readonly kind: 'either'; readonly of: readonly Type[] }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Type>; readonly isOpen: boolean };
