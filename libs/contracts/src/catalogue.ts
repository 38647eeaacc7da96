import * as checkout from './checkout.ts';
import type { AnyContract } from './contract.ts';
import * as inventory from './inventory.ts';
import * as operations from './operations.ts';
import * as payment from './payment.ts';
import * as receipt from './receipt.ts';
import * as refund from './refund.ts';
import * as saleEvents from './sale-events.ts';

const isContract = (value: unknown): value is AnyContract => typeof value === 'function' && 'topic' in value && 'schema' in value;

/** Every contract by its type: the only place that knows them all. */
export const catalogue: ReadonlyMap<string, AnyContract> = new Map(
  [checkout, refund, inventory, payment, receipt, saleEvents, operations]
    .flatMap((module) => Object.values<unknown>(module))
    .filter(isContract)
    .map((contract) => [contract.type, contract]),
);
