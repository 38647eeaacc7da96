/** Which dead letters are meant. All parts that are given must fit; at least one must be. */
export interface Selection {
  readonly signature?: string;
  readonly topic?: string;
  readonly subscription?: string;
  readonly tenantId?: string;
  readonly storeId?: string;
  readonly saleId?: string;
  readonly type?: string;
  readonly failedFrom?: string;
  readonly failedUntil?: string;
  readonly minValueMinor?: number;
  /** Found anywhere in the body, literally. */
  readonly text?: string;
  readonly sequenceNumbers?: readonly string[];
}

export const isEmpty = (selection: Selection): boolean => Object.values(selection).every((value) => value === undefined || value === '');
