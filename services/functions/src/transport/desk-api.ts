import { createOpenApi, type RouteDoc } from '@checkout/http/plain';
import { z } from 'zod';

/** The forms of what the desk is asked and answers: the documentation and the checks in one. */

/** In UTF-16 units, as a column counts: zod counts an emoji as one. */
const Text = (max: number) => z.string().min(1).max(max).refine(({ length }) => length <= max, { error: 'is too long' });
/** Compared with columns that hold nothing else. */
const Name = (max: number) => z.string().min(1).max(max).regex(/^[\x20-\x7e]+$/, { error: 'holds characters that no name has' });
const Digits = z.string().regex(/^\d{1,19}$/, { error: 'is not a sequence number' });

export const SelectionForm = z.strictObject({
  signature: Name(32).optional(),
  topic: Name(60).optional(),
  subscription: Name(60).optional(),
  tenantId: Name(60).optional(),
  storeId: Name(60).optional(),
  saleId: Name(60).optional(),
  type: Name(120).optional(),
  failedFrom: z.iso.datetime().optional(),
  failedUntil: z.iso.datetime().optional(),
  minValueMinor: z.int().min(0).optional(),
  text: Text(200).optional(),
  sequenceNumbers: z.array(Digits).max(10_000).optional(),
}).meta({ id: 'Selection' });

/** JSON Patch, RFC 6902. */
const path = z.string().max(500).regex(/^(\/[^/]*)*$/, { error: 'is not a JSON pointer' });
const Operation = z.union([
  z.strictObject({ op: z.enum(['add', 'replace', 'test']), path, value: z.unknown() }),
  z.strictObject({ op: z.literal('remove'), path }),
  z.strictObject({ op: z.enum(['move', 'copy']), from: path, path }),
]);

export const PlanForm = z.strictObject({
  kind: z.enum(['replay', 'discard']),
  selection: SelectionForm,
  reason: z.string().max(400),
  rule: z.array(Operation).max(50).optional(),
  isRamped: z.boolean().optional(),
  maxPerSecond: z.int().min(1).max(5_000).optional(),
}).meta({ id: 'PlanRequest' });

export const RestoreForm = z.strictObject({ reason: z.string().max(400) });

const digits = (max: number) => z.string().regex(/^\d{1,9}$/).transform(Number).pipe(z.int().min(0).max(max));

export const GroupsQuery = z.strictObject({ subscription: Name(60).optional(), storeId: Name(60).optional(), type: Name(120).optional(), reason: Name(128).optional() });
export const LettersQuery = z.strictObject({
  signature: Name(32).optional(), topic: Name(60).optional(), subscription: Name(60).optional(), tenantId: Name(60).optional(), storeId: Name(60).optional(), saleId: Name(60).optional(),
  type: Name(120).optional(), failedFrom: z.iso.datetime().optional(), failedUntil: z.iso.datetime().optional(), text: Text(200).optional(), limit: digits(1_000).default(100),
});
export const ItemsQuery = z.strictObject({
  state: z.enum(['planned', 'sending', 'sent', 'applied', 'no-op', 'failed-again', 'discarded', 'gone', 'unfit', 'cancelled']).optional(), limit: digits(1_000).default(100),
});
export const AuditQuery = z.strictObject({ after: digits(999_999_999).default(0), limit: digits(1_000).default(100) });

const GroupView = z.object({
  tenantId: z.string(), signature: z.string(), topic: z.string(), subscription: z.string(), type: z.string(), facts: z.looseObject({ reason: z.string(), description: z.string(), step: z.string() }),
  waiting: z.int(), firstFailedAt: z.string(), lastFailedAt: z.string(), stores: z.array(z.object({ storeId: z.string(), waiting: z.int() })),
  values: z.array(z.object({ currency: z.string(), minor: z.int() })), hours: z.array(z.object({ hour: z.string(), waiting: z.int() })),
}).meta({ id: 'FailureGroup' });
const PlanView = z.looseObject({ planId: z.string(), state: z.string(), count: z.int(), needsApproval: z.boolean() }).meta({ id: 'Plan' });
const ok = (description: string, body: z.ZodType) => ({ 200: { description, body } });
const planParams = z.object({ planId: z.uuid() });
const command = (name: string, summary: string, permission: 'dead-letter:replay' | 'dead-letter:approve' = 'dead-letter:replay'): RouteDoc => ({
  method: 'POST', path: `/v1/dead-letters/plans/{planId}/${name}`, summary, permission, params: planParams, responses: ok('The plan as it is now', PlanView),
});

export const deskRoutes: readonly RouteDoc[] = [
  { method: 'GET', path: '/v1/dead-letters/groups', summary: 'Failures with one cause, each with what is inside', permission: 'dead-letter:read', query: GroupsQuery, responses: ok('Groups, the largest first', z.object({ groups: z.array(GroupView) })) },
  { method: 'GET', path: '/v1/dead-letters', summary: 'Dead letters that wait', permission: 'dead-letter:read', query: LettersQuery, responses: ok('Dead letters in the order of their queues', z.object({ letters: z.array(z.looseObject({})) })) },
  { method: 'POST', path: '/v1/dead-letters/plans', summary: 'Freeze a selection into a plan', permission: 'dead-letter:replay', body: PlanForm, responses: { 201: { description: 'The plan', body: PlanView } } },
  { method: 'GET', path: '/v1/dead-letters/plans', summary: 'Plans, the newest first', permission: 'dead-letter:read', responses: ok('At most 200', z.object({ plans: z.array(PlanView) })) },
  { method: 'GET', path: '/v1/dead-letters/plans/{planId}', summary: 'A plan and how far it is', permission: 'dead-letter:read', params: planParams, responses: ok('The plan', PlanView) },
  { method: 'GET', path: '/v1/dead-letters/plans/{planId}/items', summary: 'The messages of a plan', permission: 'dead-letter:read', params: planParams, query: ItemsQuery, responses: ok('In the order they are replayed in', z.object({ items: z.array(z.looseObject({})) })) },
  { method: 'POST', path: '/v1/dead-letters/plans/{planId}/dry-run', summary: 'What would happen now, without effects', permission: 'dead-letter:replay', params: planParams, responses: ok('Counts and money by verdict', z.looseObject({})) },
  command('approve', 'Approve as a second person', 'dead-letter:approve'),
  command('start', 'Start, or go on'),
  command('pause', 'Pause before the next wave'),
  command('cancel', 'Cancel: what was not replayed stays where it is'),
  {
    method: 'POST', path: '/v1/dead-letters/archive/{topic}/{subscription}/{sequenceNumber}/restore', summary: 'Put a discarded message back', permission: 'dead-letter:replay',
    params: z.object({ topic: z.string(), subscription: z.string(), sequenceNumber: Digits }), body: RestoreForm, responses: ok('The id it was sent under', z.object({ messageId: z.string() })),
  },
  { method: 'GET', path: '/v1/dead-letters/audit', summary: 'Who did what', permission: 'dead-letter:read', query: AuditQuery, responses: ok('Entries in their order', z.object({ entries: z.array(z.looseObject({})) })) },
  { method: 'GET', path: '/v1/dead-letters/audit/verification', summary: 'Whether the audit is as it was written', permission: 'dead-letter:read', responses: ok('Where it first is not, if anywhere', z.looseObject({ entries: z.int() })) },
];

export const deskApi = createOpenApi({
  title: 'Dead-letter desk', version: '1', routes: deskRoutes,
  description: 'Finds what was dead-lettered and why, and puts it back safely. Every change is audited.',
});
