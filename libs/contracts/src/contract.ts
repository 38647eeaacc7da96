import type { z } from 'zod';

/** A message as handlers see it. The envelope (ids, tenant, trace) travels beside it. */
export interface Message<Type extends string = string, Body = unknown> {
  readonly type: Type;
  readonly body: Body;
}

/** One declaration, three uses: call it to make a message, `parse` to read one, `schema` to publish it. */
export interface Contract<Type extends string, Schema extends z.ZodType> {
  /** @throws MisbuiltMessage when `body` does not fit: whoever builds a message is wrong, not whoever asked for something. */
  (body: z.input<Schema>): Message<Type, z.output<Schema>>;
  readonly type: Type;
  readonly kind: 'command' | 'event';
  /** The Service Bus topic that carries it; declared in `topology.ts`. */
  readonly topic: string;
  readonly schema: Schema;
  /** @throws ZodError when `body` does not fit; the consumer dead-letters it, since no retry can help. */
  parse(body: unknown): Message<Type, z.output<Schema>>;
  is(message: Message): message is Message<Type, z.output<Schema>>;
}

export type AnyContract = Contract<string, z.ZodType>;
export type MessageOf<C> = C extends Contract<infer Type, infer Schema> ? Message<Type, z.output<Schema>> : never;
export type BodyOf<C> = MessageOf<C>['body'];

/** A message that we were about to send and that does not fit its own declaration. It has no issues of its own, so that nobody takes it for a caller's mistake. */
export class MisbuiltMessage extends Error {
  override readonly name = 'MisbuiltMessage';

  constructor(type: string, cause: Error) {
    super(`a ${type} that does not fit its declaration was about to be sent`, { cause });
  }
}

const define =
  (kind: 'command' | 'event') =>
  <Type extends string, Schema extends z.ZodType>(topic: string, type: Type, schema: Schema): Contract<Type, Schema> => {
    type Own = Message<Type, z.output<Schema>>;
    const parse = (body: unknown): Own => ({ type, body: schema.parse(body) });
    const is = (message: Message): message is Own => message.type === type;
    const build = (body: z.input<Schema>): Own => {
      const result = schema.safeParse(body);
      if (!result.success) throw new MisbuiltMessage(type, result.error);
      return { type, body: result.data };
    };
    return Object.assign(build, { type, kind, topic, schema, parse, is });
  };

/** Asks one service to do something. Imperative: `inventory.reserve-stock.v1`. It may be refused. */
export const command = define('command');
/** Says that something happened. Past tense: `inventory.stock-reserved.v1`. It cannot be refused. */
export const event = define('event');
