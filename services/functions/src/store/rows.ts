import { bigintColumn, jsonColumn, safeIntegerColumn } from '@checkout/sql';
import { z } from 'zod';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { FailureFacts } from '../domain/failure-facts.ts';

/** What the tables hold, as the domain knows it. */

const moment = z.iso.datetime().transform((text) => new Date(text)).optional();

export const FactsColumn: z.ZodType<FailureFacts, string> = jsonColumn(z.object({
  reason: z.string(), description: z.string(), step: z.string(), errorClass: z.string().optional(), frame: z.string().optional(), dependency: z.string().optional(),
  breakerState: z.string().optional(), serviceVersion: z.string().optional(), incidentId: z.string().optional(), firstFailedAt: moment, lastFailedAt: moment,
})) as unknown as z.ZodType<FailureFacts, string>;

export const LetterRow = z
  .object({
    topic: z.string(), subscription: z.string(), sequenceNumber: bigintColumn, tenantId: z.string(), storeId: z.string().nullable(), saleId: z.string().nullable(),
    messageId: z.string(), type: z.string(), signature: z.string(), facts: FactsColumn, bodyText: z.string(), currency: z.string().nullable(),
    valueMinor: safeIntegerColumn.nullable(), failedAt: z.date(), enqueuedAt: z.date(), deliveryCount: z.int(), replayOf: z.string().nullable(), replayCount: z.int(),
  })
  .transform(({ storeId, saleId, currency, valueMinor, replayOf, failedAt: _failedAt, ...row }): DeadLetter => ({
    ...row,
    ...(storeId !== null && { storeId }),
    ...(saleId !== null && { saleId }),
    ...(replayOf !== null && { replayOf }),
    ...(currency !== null && valueMinor !== null && { value: { currency, minor: valueMinor } }),
  }));
