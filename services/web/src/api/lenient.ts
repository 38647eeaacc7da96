import { checkout, http } from '@checkout/contracts';
import { z } from 'zod';

/**
 * The contracts as a till reads them. Who writes is held to them strictly; a till in the field may be months older than the back end, and a
 * member or a reason that it does not know yet must not make an answer unreadable.
 */
export const CheckoutStatus = z.object({
  ...http.CheckoutStatus.shape,
  reason: z.object({ ...checkout.Reason.shape, shortages: checkout.Reason.shape.shortages.catch(undefined) }).optional().catch(undefined),
  acceptedVia: http.AcceptedVia.catch('sql'),
  links: z.object(http.CheckoutStatus.shape.links.shape),
});

export const TimelineEntry = z.object(http.TimelineEntry.shape);

export const CataloguePage = z.object({ ...http.CataloguePage.shape, store: z.object(http.Store.shape), products: z.array(z.object(http.Product.shape)) });

export const ParkedSale = z.object(http.ParkedSale.shape);
export const ParkedSales = z.object({ parkedSales: z.array(ParkedSale) });
export const TakenElsewhere = z.object({ code: z.literal('parked-sale-taken'), takenBy: z.string(), takenAt: z.string() });

/** Keys of a kind that this till does not know are left out: others may be there for newer ones. */
export const LimitsKeys = z.object({ keys: z.array(z.unknown()) }).transform(({ keys }) => ({ keys: keys.flatMap((key) => {
  const parsed = http.LimitsKeys.shape.keys.element.safeParse(key);
  return parsed.success ? [parsed.data] : [];
}) }));

const Reason = z.object({ ...checkout.Reason.shape, shortages: checkout.Reason.shape.shortages.catch(undefined) }).optional().catch(undefined);
export const RefundStatus = z.object({ ...http.RefundStatus.shape, reason: Reason, links: z.object(http.RefundStatus.shape.links.shape) });
export const RefundableView = z.object({
  ...http.RefundableView.shape,
  lines: z.array(z.object({ ...http.RefundableView.shape.lines.element.shape, givenBack: z.object(http.RefundableView.shape.lines.element.shape.givenBack.shape) })),
  tenders: z.array(z.object(http.RefundableView.shape.tenders.element.shape)),
  givenBack: z.array(z.object(http.RefundableView.shape.givenBack.element.shape)),
});
/** All that a till wants to know of a receipt that it looks up by its number. */
export const SaleOfReceipt = z.object({ saleId: z.string() });

/** All that a till wants to know of a shift it has told: the store's number of its report. */
export const ShiftTold = z.object({ shiftId: z.string(), reportNumber: z.string().optional() });
