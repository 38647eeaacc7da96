import type { app as App, HttpMethod, HttpRequest } from '@azure/functions';
import type { Permission } from '@checkout/auth/plain';
import { Problem } from '@checkout/http/plain';
import { z } from 'zod';
import { verifyAudit } from '../application/verify-audit.ts';
import type { Operator } from '../application/ports.ts';
import type { Desk } from '../desk.ts';
import type { Item, ItemState, Plan } from '../domain/plan.ts';
import { Refusal } from '../domain/refusal.ts';
import { answered, bodyOf, queryOf, valid, type Handler } from './answer.ts';
import { AuditQuery, deskApi, GroupsQuery, ItemsQuery, LettersQuery, PlanForm, RestoreForm } from './desk-api.ts';

const allStates: readonly ItemState[] = ['planned', 'sending', 'sent', 'applied', 'no-op', 'failed-again', 'discarded', 'gone', 'unfit', 'cancelled'];
const Place = z.object({ topic: z.string().max(60), subscription: z.string().max(60), sequenceNumber: z.string().regex(/^\d{1,19}$/).transform(BigInt) });

/** The desk's HTTP functions. Each is one line of routing and one of doing; `desk-api.ts` documents them, and a test holds the two together. */
export function serveDesk(app: typeof App, desk: Desk): void {
  const route = (name: string, method: HttpMethod, path: string, permission: Permission, handler: Handler, status?: number): void =>
    app.http(name, { methods: [method], route: path, authLevel: 'anonymous', handler: answered(desk, permission, handler, status) });
  const find = async (request: HttpRequest, { scope }: Operator): Promise<Plan> => {
    const plan = await desk.plans.find(scope, planIdOf(request));
    if (!plan) throw new Refusal('plan-unknown');
    return plan;
  };

  route('list-groups', 'GET', 'dead-letters/groups', 'dead-letter:read', async (request, { scope }) => ({ groups: await desk.groups.groups({ scope, ...given(queryOf(request, GroupsQuery)) }) }));
  route('list-dead-letters', 'GET', 'dead-letters', 'dead-letter:read', async (request, { scope }) => {
    const { limit, ...selection } = queryOf(request, LettersQuery);
    return { letters: await desk.index.letters(scope, given(selection), limit) };
  });
  route('make-plan', 'POST', 'dead-letters/plans', 'dead-letter:replay', async (request, operator) => {
    const { selection, ...rest } = await bodyOf(request, PlanForm);
    return desk.makePlan.make({ ...given(rest), selection: given(selection) } as Parameters<Desk['makePlan']['make']>[0], operator);
  }, 201);
  route('list-plans', 'GET', 'dead-letters/plans', 'dead-letter:read', async (_request, { scope }) => ({ plans: await desk.plans.list(scope) }));
  route('show-plan', 'GET', 'dead-letters/plans/{planId}', 'dead-letter:read', async (request, operator) => {
    const plan = await find(request, operator);
    return { ...plan, items: await desk.plans.counts(plan.planId), heldBackBy: await desk.directPlan.heldBackBy(plan) };
  });
  route('list-items', 'GET', 'dead-letters/plans/{planId}/items', 'dead-letter:read', async (request, operator) => {
    const { state, limit } = queryOf(request, ItemsQuery);
    const plan = await find(request, operator);
    const items = await desk.plans.items(plan.planId, state === undefined ? allStates : [state], limit);
    return { items: items.map((item) => ({ ...item, edited: plan.rule !== undefined && wasReplayed(item) })) };
  });
  route('dry-run', 'POST', 'dead-letters/plans/{planId}/dry-run', 'dead-letter:replay', (request, operator) => desk.dryRun.run(planIdOf(request), operator));
  route('approve-plan', 'POST', 'dead-letters/plans/{planId}/approve', 'dead-letter:approve', (request, operator) => desk.directPlan.approve(planIdOf(request), operator));
  route('start-plan', 'POST', 'dead-letters/plans/{planId}/start', 'dead-letter:replay', (request, operator) => desk.directPlan.start(planIdOf(request), operator));
  route('pause-plan', 'POST', 'dead-letters/plans/{planId}/pause', 'dead-letter:replay', (request, operator) => desk.directPlan.pause(planIdOf(request), operator));
  route('cancel-plan', 'POST', 'dead-letters/plans/{planId}/cancel', 'dead-letter:replay', (request, operator) => desk.directPlan.cancel(planIdOf(request), operator));
  route('restore', 'POST', 'dead-letters/archive/{topic}/{subscription}/{sequenceNumber}/restore', 'dead-letter:replay', async (request, operator) =>
    desk.restore.restore(valid(Place, request.params), (await bodyOf(request, RestoreForm)).reason, operator));
  route('read-audit', 'GET', 'dead-letters/audit', 'dead-letter:read', async (request, operator) => {
    const { after, limit } = queryOf(request, AuditQuery);
    onlyPlatform(operator);
    return { entries: await desk.audit.read(after, limit) };
  });
  route('verify-audit', 'GET', 'dead-letters/audit/verification', 'dead-letter:read', (_request, operator) => {
    onlyPlatform(operator);
    return verifyAudit(desk.audit);
  });
  app.http('openapi', { methods: ['GET'], route: 'dead-letters/openapi.json', authLevel: 'anonymous', handler: () => ({ jsonBody: deskApi }) });
}

/** The chain runs through all tenants' entries, so it is for those who may see them all. */
function onlyPlatform({ scope }: Operator): void {
  if (scope !== 'all-tenants') throw new Problem('scope-missing');
}

const wasReplayed = ({ state }: Item): boolean => state === 'sent' || state === 'applied' || state === 'no-op' || state === 'failed-again';

const planIdOf = (request: HttpRequest): string => valid(z.object({ planId: z.uuid() }), request.params).planId;

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };
/** Without the members that were not given. */
const given = <T extends object>(value: T): Given<T> => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<T>;
