import { asksOf } from './patience.ts';
import type { Results, Saga, Step } from './saga.ts';

/** Pictures of a declaration, for the documentation. They need one example of the data, and of results where a command reads some, because commands are made from them. */

/** A Mermaid flow chart: down is forward, dotted is the way back. */
export function mermaid<D>(saga: Saga<D>, example: D, results: Results = {}): string {
  const lines = ['flowchart TD', `  start([${saga.startedBy.type}])`];
  const before = saga.steps.filter(({ kind }) => kind !== 'retriable');
  const after = saga.steps.filter(({ kind }) => kind === 'retriable');
  const at = new Map(saga.steps.map((step, index) => [step, `s${index}`]));
  const node = (step: Step<D> | undefined, otherwise: string): string => (step && at.get(step)) ?? otherwise;

  for (const step of saga.steps) lines.push(`  ${node(step, '')}${box(step, `${step.name}<br/>${step.command(example, results).type}`)}`);
  const undoable = before.filter((step) => step.kind === 'compensatable');
  for (const step of undoable) lines.push(`  u${node(step, '')}[/"undo ${step.name}<br/>${step.compensate(example).type}"/]`);
  lines.push('  completed([completed])', '  cancelled([cancelled])', `  start --> ${node(before[0], 'completed')}`);

  before.forEach((step, index) => {
    const next = before[index + 1];
    const targets = next ? [next] : after;
    lines.push(`  ${node(step, '')} -->|${step.succeeds.type}| ${targets.map((target) => node(target, '')).join(' & ') || 'completed'}`);
    const earlier = before[index - 1];
    const back = earlier ? `u${node(earlier, '')}` : 'cancelled';
    if (step.kind !== 'retriable') lines.push(`  ${node(step, '')} -.->|${step.fails.type}| ${back}`);
    if (step.kind === 'compensatable') {
      lines.push(`  ${node(step, '')} -.->|given up| u${node(step, '')}`, `  u${node(step, '')} -.->|${step.compensated.type}| ${back}`);
    }
  });
  for (const step of after) lines.push(`  ${node(step, '')} -->|${step.succeeds.type}| completed`);
  return `${lines.join('\n')}\n`;
}

/** The declaration as a Markdown table, one row per step. */
export function table<D>(saga: Saga<D>, example: D, results: Results = {}): string {
  const rows = saga.steps.map((step) => [
    step.name,
    step.kind,
    code(step.command(example, results).type),
    code(step.succeeds.type),
    step.kind === 'retriable' ? '' : code(step.fails.type),
    step.kind === 'compensatable' ? `${code(step.compensate(example).type)} → ${code(step.compensated.type)}` : '',
    `after ${step.within / 1_000} s, doubling; after ${asksOf(step)} × a person is told`,
  ]);
  const head = ['step', 'kind', 'command', 'yes', 'no', 'undone by', 'asked again'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** A pivot is drawn as a diamond: the one place where it is decided for good. */
const box = <D>({ kind }: Step<D>, label: string): string => (kind === 'pivot' ? `{"${label}"}` : `["${label}"]`);
const code = (text: string): string => `\`${text}\``;
