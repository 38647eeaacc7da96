/** What one store has of one article. On hand may be below zero: goods that were paid for have left the shop, whatever we had counted. */
export interface StockLevel {
  readonly onHand: number;
  /** Part of what is on hand that is set aside for sales under way. */
  readonly reserved: number;
}

/** An article that a store has never had. */
export const noStock: StockLevel = { onHand: 0, reserved: 0 };

/** Most pieces of one article that a store may have; far from where 32 bits end. */
export const mostOnHand = 1_000_000_000;

export const availableOf = ({ onHand, reserved }: StockLevel): number => onHand - reserved;
