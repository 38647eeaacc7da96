import { compileRule } from '../rule/rule.ts';

/** Every fault there is. The README's table says what each does. */
const names = [
  'drop-connection', 'detach', 'black-hole', 'server-busy', 'throttle', 'quota-full', 'lose-send', 'lose-send-reply', 'expire-lock',
  'lose-settlement', 'lose-settlement-reply', 'deliver-twice', 'reorder', 'refuse-auth', 'lose-auth', 'lose-renewal',
] as const;
export type FaultName = (typeof names)[number];

/** One fault asked for. */
export interface FaultSpec {
  readonly fault: FaultName;
  /** Path of the entity it is for; absent or "*" for all. */
  readonly entity?: string;
  /** Only where this SQL filter matches the message sent, one of the batch sent, or the message settled: `sys.Label = 'StockReserved'`. */
  readonly where?: string;
  /** How often it strikes before it is over: once unless told, without end for `throttle`. */
  readonly times?: number;
  /** Chance that it strikes when it could, 0 to 1; 1 unless told. */
  readonly probability?: number;
  /** Makes the chances repeatable. */
  readonly seed?: number;
  /** `black-hole`: how long it lasts. */
  readonly forMs?: number;
  /** `throttle`: sends let through in a second. */
  readonly perSecond?: number;
  /** `drop-connection`: at once, or when a send or settlement has been taken and before it is answered. */
  readonly on?: 'now' | 'send' | 'settlement';
}

/** What `POST /faults` can ask for. Counts and delays stay in force until they are used up, set again or cleared. */
export interface FaultRequest {
  readonly inject?: readonly FaultSpec[];
  /** Ends every fault in force, before anything else in the same request. */
  readonly clear?: boolean;
  /** Close every connection without a word, as a lost network would. */
  readonly dropConnections?: boolean;
  /** Detach every receiving and sending link of this entity, or of all with "*", as the service does when it moves an entity. */
  readonly detachLinks?: string;
  /** Answer the next sends with server-busy. */
  readonly serverBusySends?: number;
  /** Hold back every settlement and every acknowledgement of a send by this many milliseconds. */
  readonly settlementDelayMs?: number;
}

type Kind = 'boolean' | 'string' | 'number' | 'array';
const requestFields: Readonly<Record<keyof FaultRequest, Kind>> = {
  inject: 'array', clear: 'boolean', dropConnections: 'boolean', detachLinks: 'string', serverBusySends: 'number', settlementDelayMs: 'number',
};
const specFields: Readonly<Record<keyof FaultSpec, Kind>> = {
  fault: 'string', entity: 'string', where: 'string', times: 'number', probability: 'number', seed: 'number', forMs: 'number', perSecond: 'number', on: 'string',
};

/** @throws Error for a fault there is not: a test that asks for one must not pass because nothing happened. */
export function faultRequest(body: unknown): FaultRequest {
  const request = checked<FaultRequest>(body, requestFields);
  for (const spec of request.inject ?? []) {
    const { fault, on, where, probability = 1, times = 1 } = checked<FaultSpec>(spec, specFields);
    if (!names.includes(fault)) throw new Error(`There is no fault '${fault}'. There are: ${names.join(', ')}.`);
    if (on !== undefined && !['now', 'send', 'settlement'].includes(on)) throw new Error("'on' is now, send or settlement.");
    if (where !== undefined) checkWhere(fault, on, where);
    if (!(probability >= 0 && probability <= 1)) throw new Error('A probability lies between 0 and 1.');
    if (!(times > 0)) throw new Error("'times' is 1 or more.");
  }
  return request;
}

/** Faults that befall a message; of the others a filter would have nothing to look at. */
const ofMessages: readonly FaultName[] = ['server-busy', 'throttle', 'quota-full', 'lose-send', 'lose-send-reply', 'lose-settlement', 'lose-settlement-reply', 'deliver-twice'];

function checkWhere(fault: FaultName, on: FaultSpec['on'], where: string): void {
  const isOfMessages = ofMessages.includes(fault) || (fault === 'drop-connection' && on !== undefined && on !== 'now');
  if (!isOfMessages) throw new Error(`The fault '${fault}' befalls no message, so it has no 'where'.`);
  compileRule('where', { kind: 'sql', expression: where });
}

function checked<T extends object>(value: unknown, fields: Readonly<Record<keyof T, Kind>>): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('Faults are an object.');
  for (const [name, field] of Object.entries(value)) {
    const expected = Object.entries(fields).find(([known]) => known === name)?.[1];
    if (expected === undefined) throw new Error(`There is no fault '${name}'. There are: ${Object.keys(fields).join(', ')}.`);
    const actual = Array.isArray(field) ? 'array' : typeof field;
    if (actual !== expected) throw new Error(`The fault '${name}' needs a ${String(expected)}.`);
  }
  return value as T;
}
