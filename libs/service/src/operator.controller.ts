import { Caller, Requires, type Principal } from '@checkout/auth';
import { createOpenApi, Problem, ZodBody, type ApiDoc } from '@checkout/http';
import { Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { z } from 'zod';
import { PredictionsBody, PredictionsView } from './predictions.controller.ts';
import { BreakerBoard, type BreakerView } from './breaker-board.ts';

export const BREAKERS = Symbol('BreakerBoard');

/** Nobody holds a breaker for longer without saying so again. */
const longestMinutes = 240;

const OverrideBody = z.strictObject({
  /** `open`: let nothing pass. `close`: let everything pass, whatever happens. `auto`: decide by itself again. */
  mode: z.enum(['open', 'close', 'auto']),
  // In UTF-16 units, as the message counts that tells of it: zod counts an emoji as one.
  reason: z.string().min(3).max(300).regex(/^[^\p{Cc}\p{Cs}]+$/u).refine(({ length }) => length <= 300, { error: 'is too long' }),
  minutes: z.int().min(1).max(longestMinutes).default(30),
});

const View = z.object({
  name: z.string(), state: z.enum(['closed', 'open', 'ramping']), since: z.iso.datetime(),
  kind: z.string().optional(), cause: z.string().optional(), retryAfterMs: z.number().optional(),
  inFlight: z.int(), waiting: z.int(), limit: z.int(),
  override: z.object({ mode: z.enum(['open', 'close', 'auto']), by: z.string(), reason: z.string(), expiresAt: z.iso.datetime() }).optional(),
});

/** The operators' routes, the same in every service. They speak of this one process: each has breakers of its own. */
@Controller('v1/operations/breakers')
export class OperatorController {
  constructor(@Inject(BREAKERS) private readonly board: BreakerBoard) {}

  @Get()
  @Requires('operations:read')
  list(): { readonly breakers: readonly BreakerView[] } {
    return { breakers: this.board.list() };
  }

  @Put(':dependency/:lane/override')
  @Requires('operations:write')
  override(
    @Caller() { subject }: Principal, @Param('dependency') dependency: string, @Param('lane') lane: string,
    @ZodBody(OverrideBody) { mode, reason, minutes }: z.output<typeof OverrideBody>,
  ): BreakerView {
    const view = this.board.override(`${dependency}/${lane}`, mode, { by: subject, reason, forMs: minutes * 60_000 });
    if (!view) throw new Problem('not-found');
    return view;
  }
}

const api: ApiDoc = {
  title: 'operations',
  version: '1',
  routes: [
    {
      method: 'GET', path: '/v1/operations/breakers', permission: 'operations:read', summary: 'The breakers of this process',
      responses: { 200: { description: 'Each with its state, since when and why', body: z.object({ breakers: z.array(View) }) } },
    },
    {
      method: 'PUT', path: '/v1/operations/breakers/{dependency}/{lane}/override', permission: 'operations:write', body: OverrideBody,
      summary: 'Hold a breaker open or closed, or give it back', description: 'Written to the audit log and told on the operations topic. Ends by itself after `minutes`.',
      responses: { 200: { description: 'The breaker as it is now', body: View } },
    },
    {
      method: 'POST', path: '/v1/operations/predictions', permission: 'dead-letter:read', body: PredictionsBody,
      summary: 'What the service would do with messages now, without effects', description: 'The dry run of the dead-letter desk.',
      responses: { 200: { description: 'One verdict for each message', body: PredictionsView } },
    },
  ],
};

/** A service's own documentation with these routes in it. */
export function withOperatorRoutes(openapi: object): object {
  const { paths } = createOpenApi(api) as { readonly paths: object };
  return { ...openapi, paths: { ...(openapi as { readonly paths?: object }).paths, ...paths } };
}
