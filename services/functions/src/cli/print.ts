interface Money { readonly currency: string; readonly minor: number }
interface Group {
  readonly tenantId: string; readonly signature: string; readonly topic: string; readonly subscription: string; readonly type: string; readonly waiting: number;
  readonly facts: { readonly reason: string; readonly description: string; readonly frame?: string; readonly dependency?: string };
  readonly firstFailedAt: string; readonly lastFailedAt: string; readonly stores: readonly { readonly storeId: string }[]; readonly values: readonly Money[];
}
interface Plan {
  readonly planId: string; readonly kind: string; readonly state: string; readonly because?: string; readonly count: number; readonly topic: string; readonly subscription: string;
  readonly needsApproval: boolean; readonly approvedBy?: string; readonly createdBy: string; readonly reason: string; readonly values: readonly Money[]; readonly items?: Readonly<Record<string, number>>;
}

/** The answer of a command as an operator reads it. */
export function printed(command: string, answer: unknown): string {
  switch (command) {
    case 'groups': {
      const { groups } = answer as { readonly groups: readonly Group[] };
      return groups.length === 0 ? 'No dead letters wait.' : groups.map(group).join('\n\n');
    }
    case 'plans': return (answer as { readonly plans: readonly Plan[] }).plans.map(plan).join('\n');
    case 'replay': case 'discard': case 'show': case 'approve': case 'start': case 'pause': case 'cancel': return plan(answer as Plan);
    default: return JSON.stringify(answer, null, 2);
  }
}

function group({ tenantId, signature, topic, subscription, type, waiting, facts, firstFailedAt, lastFailedAt, stores, values }: Group): string {
  return [
    `${signature}  ${waiting} waiting at ${topic}/${subscription}, tenant ${tenantId}`,
    `  ${type}: ${facts.reason}${facts.description === '' ? '' : ` (${facts.description})`}`,
    `  at ${facts.frame ?? 'an unknown place'}${facts.dependency === undefined ? '' : `, dependency ${facts.dependency}`}`,
    `  failed ${firstFailedAt} to ${lastFailedAt}; ${stores.length} stores; ${money(values)}`,
  ].join('\n');
}

function plan({ planId, kind, state, because, count, topic, subscription, needsApproval, approvedBy, createdBy, reason, values, items }: Plan): string {
  const approval = needsApproval ? (approvedBy === undefined ? ', needs a second person' : `, approved by ${approvedBy}`) : '';
  return [
    `${planId}  ${state}${because === undefined ? '' : `: ${because}`}`,
    `  ${kind} ${count} of ${topic}/${subscription} (${money(values)})${approval}; by ${createdBy}: ${reason}`,
    ...(items === undefined ? [] : [`  ${Object.entries(items).map(([of, many]) => `${many} ${of}`).join(', ')}`]),
  ].join('\n');
}

const money = (values: readonly Money[]): string => (values.length === 0 ? 'no money' : values.map(({ currency, minor }) => `${(minor / 100).toFixed(2)} ${currency}`).join(', '));
