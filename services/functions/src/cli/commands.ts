/** What `desk` understands: each command with its call and how its answer reads. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

export interface Command {
  readonly usage: string;
  readonly says: string;
  readonly arguments: number;
  call(positionals: readonly string[], options: Options): Call;
}

export type Options = Readonly<Record<string, string | boolean | undefined>>;

const text = (options: Options, name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
const query = (options: Options, names: readonly string[]): string => {
  const given = new URLSearchParams();
  for (const name of names) {
    const value = text(options, name);
    if (value !== undefined) given.set(name, value);
  }
  return given.size === 0 ? '' : `?${given.toString()}`;
};

/** The filters of a selection, by option. */
const filters = ['signature', 'topic', 'subscription', 'tenantId', 'storeId', 'saleId', 'type', 'failedFrom', 'failedUntil', 'text'] as const;

const ofPlan = (name: string, says: string): Command => ({
  usage: `${name} <plan>`, says, arguments: 1, call: ([planId = '']) => ({ method: 'POST', path: `dead-letters/plans/${encodeURIComponent(planId)}/${name}` }),
});

const plan = (kind: 'replay' | 'discard', says: string): Command => ({
  usage: `${kind} --reason <why> [filters] [--rule <patch.json>] [--no-ramp] [--max-per-second <n>]`, says, arguments: 0,
  call: (_, options) => ({
    method: 'POST',
    path: 'dead-letters/plans',
    body: {
      kind,
      selection: Object.fromEntries(filters.flatMap((name) => (text(options, name) === undefined ? [] : [[name, text(options, name)]]))),
      reason: text(options, 'reason') ?? '',
      ...(typeof options['rule'] === 'string' && { rule: JSON.parse(options['rule']) as unknown }),
      ...(options['no-ramp'] === true && { isRamped: false }),
      ...(text(options, 'max-per-second') !== undefined && { maxPerSecond: Number(text(options, 'max-per-second')) }),
    },
  }),
});

export const commands: Readonly<Record<string, Command>> = {
  groups: { usage: 'groups [--subscription …] [--storeId …] [--type …] [--reason …]', says: 'failures with one cause, and what is inside', arguments: 0, call: (_, options) => ({ method: 'GET', path: `dead-letters/groups${query(options, ['subscription', 'storeId', 'type', 'reason'])}` }) },
  list: { usage: 'list [filters] [--limit <n>] [--csv]', says: 'dead letters that wait', arguments: 0, call: (_, options) => ({ method: 'GET', path: `dead-letters${query(options, [...filters, 'limit'])}` }) },
  replay: plan('replay', 'freeze a selection into a plan to put it back'),
  discard: plan('discard', 'freeze a selection into a plan to archive it'),
  plans: { usage: 'plans', says: 'plans, the newest first', arguments: 0, call: () => ({ method: 'GET', path: 'dead-letters/plans' }) },
  show: { usage: 'show <plan>', says: 'a plan and how far it is', arguments: 1, call: ([planId = '']) => ({ method: 'GET', path: `dead-letters/plans/${encodeURIComponent(planId)}` }) },
  items: { usage: 'items <plan> [--state …] [--limit <n>]', says: 'its messages', arguments: 1, call: ([planId = ''], options) => ({ method: 'GET', path: `dead-letters/plans/${encodeURIComponent(planId)}/items${query(options, ['state', 'limit'])}` }) },
  'dry-run': ofPlan('dry-run', 'what would happen now, without effects'),
  approve: ofPlan('approve', 'as a second person'),
  start: ofPlan('start', 'start, or go on'),
  pause: ofPlan('pause', 'pause before the next wave'),
  cancel: ofPlan('cancel', 'leave what was not replayed where it is'),
  restore: {
    usage: 'restore <topic> <subscription> <sequence number> --reason <why>', says: 'put a discarded message back', arguments: 3,
    call: ([topic = '', subscription = '', sequence = ''], options) => ({
      method: 'POST', path: `dead-letters/archive/${encodeURIComponent(topic)}/${encodeURIComponent(subscription)}/${encodeURIComponent(sequence)}/restore`, body: { reason: text(options, 'reason') ?? '' },
    }),
  },
  audit: { usage: 'audit [--after <number>] [--limit <n>]', says: 'who did what', arguments: 0, call: (_, options) => ({ method: 'GET', path: `dead-letters/audit${query(options, ['after', 'limit'])}` }) },
  verify: { usage: 'verify', says: 'whether the audit is as it was written', arguments: 0, call: () => ({ method: 'GET', path: 'dead-letters/audit/verification' }) },
};

export const usage = (): string => [
  'desk <command>      with DESK_URL and DESK_TOKEN in the environment; --json prints the answer as it came',
  '',
  ...Object.values(commands).map((command) => `  ${command.usage.padEnd(92)} ${command.says}`),
  '',
  `filters: ${filters.map((name) => `--${name}`).join(' ')}`,
].join('\n');
