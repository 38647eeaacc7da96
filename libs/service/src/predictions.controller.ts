import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { Caller, isGranted, Requires, type Principal } from '@checkout/auth';
import { Problem, ZodBody } from '@checkout/http';
import type { Prediction } from '@checkout/messaging';
import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';

export const PREDICTIONS = Symbol('Predictions');

/** A message as the desk read it from a dead-letter queue. */
const Dead = z.strictObject({
  messageId: z.string().min(1).max(128),
  subject: z.string().max(200).nullable(),
  sessionId: z.string().max(128).nullable(),
  properties: z.record(z.string().max(100), z.string().max(2_000)),
  /** JSON text. */
  body: z.string().max(200_000),
});
export type DeadMessage = z.output<typeof Dead>;
export const PredictionsBody = z.strictObject({ messages: z.array(Dead).min(1).max(100) });
export const PredictionsView = z.object({
  predictions: z.array(z.object({ messageId: z.string(), verdict: z.enum(['would-apply', 'no-op', 'conflict', 'needs-decision']), because: z.string().optional() })),
});

export interface Predictions {
  predict(messages: readonly DeadMessage[]): Promise<readonly Prediction[]>;
}

/** The dry run of the dead-letter desk: what this service would do with messages now. Nothing is changed. */
@Controller('v1/operations/predictions')
export class PredictionsController {
  constructor(@Inject(PREDICTIONS) private readonly predictions: Predictions) {}

  @Post()
  @HttpCode(200)
  @Requires('dead-letter:read')
  async predict(@Caller() principal: Principal, @ZodBody(PredictionsBody) { messages }: z.output<typeof PredictionsBody>): Promise<z.output<typeof PredictionsView>> {
    const isAllowed = isGranted(principal, 'dead-letter:all-tenants') || messages.every(({ properties }) => properties['tenant'] === principal.tenantId);
    if (!isAllowed) throw new Problem('scope-missing');
    return { predictions: (await this.predictions.predict(messages)).map((prediction) => ({ ...prediction })) };
  }
}

/** The message as the SDK would have handed it over. */
export function asReceived({ messageId, subject, sessionId, properties, body }: DeadMessage): ServiceBusReceivedMessage {
  return {
    messageId,
    body: parsed(body),
    applicationProperties: properties,
    ...(subject !== null && { subject }),
    ...(sessionId !== null && { sessionId }),
  } as ServiceBusReceivedMessage;
}

/** What is no JSON stays what it is: whoever reads the message says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Buffer.from(text);
  }
}
