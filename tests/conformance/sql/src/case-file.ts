/**
 * The text form of the situations: a directive begins at the margin, and what belongs to it is indented below.
 * `../../README.md` explains it to those who write one.
 */
export interface CaseFile {
  readonly topic: string;
  /** Where the server's behaviour is written down. */
  readonly sources: readonly string[];
  /** Batches that make what every case of the file starts from, and those that take it away again. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly line: number;
  /** Only Azure SQL (and the stand-in) can do this. */
  readonly needsAzure: boolean;
  /** The line of the stand-in's DIFFERENCES.md that says it answers otherwise. */
  readonly differs: string | undefined;
  /** Why the stand-in refuses the case: it is not in its SUBSET.md. */
  readonly refused: string | undefined;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly session: string;
  readonly line: number;
  /** `waits` leaves the text running, blocked; `goes on` takes up what it ended with. */
  readonly how: 'runs' | 'waits' | 'goes on';
  readonly text: string;
  /** Sent as a call of sp_executesql, not as a batch: always, when there are parameters. */
  readonly isCall: boolean;
  readonly parameters: readonly CaseParameter[];
  readonly outcome: readonly Outcome[];
}

export interface CaseParameter { readonly name: string; readonly type: string; readonly value: string | undefined }

export type Outcome =
  | { readonly kind: 'rows'; readonly columns: readonly (readonly [name: string, type: string])[]; readonly rows: readonly string[] }
  | { readonly kind: 'error'; readonly number: number; readonly severity: number; /** `?` where no documentation says. */ readonly state: string; readonly text: string | undefined }
  /** Rows affected as each statement told them. */
  | { readonly kind: 'counts'; readonly counts: string }
  | { readonly kind: 'prints'; readonly text: string }
  | { readonly kind: 'output'; readonly name: string; readonly value: string };

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

interface Directive { readonly word: string; readonly rest: string; readonly body: readonly string[]; readonly line: number }

/** @throws Error naming file and line of what is not understood. */
export function readCaseFile(source: string, file: string): CaseFile {
  const result: Draft<CaseFile> = { topic: '', sources: [], before: [], after: [], cases: [] };
  let current: Draft<Case> | undefined;
  let step: Draft<Step> | undefined;
  const wrong = (line: number, what: string) => new Error(`${file}:${line}: ${what}`);

  for (const { word, rest, body, line } of directives(source)) {
    const text = body.join('\n');
    if (word === 'case') {
      current = { name: rest, line, needsAzure: false, differs: undefined, refused: undefined, steps: [] };
      step = newStep('A', line, text);
      current.steps.push(step);
      result.cases.push(current);
      continue;
    }
    switch (word) {
      case 'topic': result.topic = rest; continue;
      case 'from': result.sources.push(rest); continue;
      case 'before': result.before.push(text); continue;
      case 'after': result.after.push(text); continue;
      default:
    }
    if (!current || !step) throw wrong(line, `"${word}" belongs in a case`);
    switch (word) {
      case 'needs': current.needsAzure = rest === 'azure'; break;
      case 'differs': current.differs = rest; break;
      case 'refused': current.refused = rest; break;
      case 'with': step.parameters.push(parameter(rest)); step.isCall = true; break;
      case 'call': step.isCall = true; break;
      case 'text': break;
      case 'session': {
        const [, session = '', how = ''] = /^(\w+)(?: (waits|goes on))?$/.exec(rest) ?? [];
        if (session === '') throw wrong(line, `"session ${rest}" is not a session`);
        step = newStep(session, line, text, how === '' ? 'runs' : how as Step['how']);
        current.steps.push(step);
        break;
      }
      case '=': step.outcome.push(outcome(rest, body, (what) => wrong(line, what))); break;
      default: throw wrong(line, `"${word}" is not a directive`);
    }
    if (text !== '' && (word === 'with' || word === 'call' || word === 'text' || word === 'needs' || word === 'differs' || word === 'refused')) step.text = text;
  }
  for (const { line, steps } of result.cases) {
    for (const each of steps) if (each.how !== 'goes on' && each.text === '') throw wrong(line, 'a step has no text');
  }
  return result;
}

const newStep = (session: string, line: number, text: string, how: Step['how'] = 'runs'): Draft<Step> => ({ session, line, how, text, isCall: false, parameters: [], outcome: [] });

function directives(source: string): Directive[] {
  const found: { word: string; rest: string; body: string[]; line: number }[] = [];
  for (const [index, line] of source.split('\n').entries()) {
    if (line.startsWith('#') || line.trim() === '') continue;
    if (line.startsWith(' ')) found.at(-1)?.body.push(line.replace(/^ {4}/, ''));
    else {
      const [, word = '', rest = ''] = /^(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
      found.push({ word, rest, body: [], line: index + 1 });
    }
  }
  return found;
}

/** `@n int = 5`, `@b int output` */
function parameter(text: string): CaseParameter {
  const [, name = '', type = '', value] = /^@(\w+) (\S+) (?:= (.*)|output)$/.exec(text) ?? [];
  if (name === '') throw new Error(`"with ${text}" is not a parameter`);
  return { name, type, value };
}

function outcome(rest: string, body: readonly string[], wrong: (what: string) => Error): Outcome {
  const error = /^error (\d+) (\d+)\.(\d+|\?)(?: (.*))?$/.exec(rest);
  if (error) return { kind: 'error', number: Number(error[1]), severity: Number(error[2]), state: error[3] ?? '?', text: error[4] };
  if (rest.startsWith('counts')) return { kind: 'counts', counts: rest.slice(6).trim() };
  if (rest.startsWith('prints ')) return { kind: 'prints', text: rest.slice(7) };
  const output = /^@(\w+) = (.*)$/.exec(rest);
  if (output) return { kind: 'output', name: output[1] ?? '', value: output[2] ?? '' };
  const columns = rest.split('|').map((column) => /^(\S+) (\S+)$/.exec(column.trim()));
  if (columns.some((column) => !column)) throw wrong(`"= ${rest}" is neither an error, counts, prints, an output nor a list of columns`);
  return { kind: 'rows', columns: columns.map((column) => [column?.[1] ?? '', column?.[2] ?? ''] as const), rows: body.map((row) => row.split('|').map((cell) => cell.trim()).join(' | ')) };
}
