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
