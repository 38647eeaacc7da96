import { saleIdOf, type CommandId, type SaleId, type TenantId } from '@checkout/kernel';

interface Command {
  readonly tenantId: TenantId;
  readonly commandId: CommandId;
  readonly offer: { readonly basketId?: SaleId | undefined };
}

/**
 * Whether a healthy checkout takes the bus route. The same command always takes the same: the sale id ends in a hash of it. Checkouts of
 * baskets never do, because nobody but the database can close a basket before the till hears that it is sold.
 */
export const isExercise = ({ tenantId, commandId, offer }: Command, share: number): boolean =>
  share > 0 && offer.basketId === undefined && Number.parseInt(saleIdOf(tenantId, commandId).slice(-8), 16) / 2 ** 32 < share;
