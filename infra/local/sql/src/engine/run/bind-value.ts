import { now, roundTime } from '../../value/time.ts';
import type { Value } from '../../value/value.ts';
import type { Bind } from '../emit/bind.ts';
import { openJson } from '../function/open-json.ts';
import type { TsqlError } from '../error.ts';
import type { Session } from '../session.ts';

/** What a batch knows while it runs, besides its session. */
export interface RunState {
  readonly session: Session;
  readonly frame: Value[];
  /** The error the innermost CATCH block handles. */
  caught: TsqlError | undefined;
}

/** The value of one `?n`. Integers are bound as bigint: node:sqlite binds every number as REAL. */
export function bindValue(bind: Bind, { session, frame, caught }: RunState): Value {
  switch (bind.from) {
    case 'slot': {
      const value = frame[bind.slot] ?? null;
      return bind.whole && typeof value === 'number' ? BigInt(value) : value;
    }
    case 'now': return BigInt(roundTime(now(), bind.scale));
    case 'rowcount': return BigInt(session.rowcount);
    case 'trancount': return BigInt(session.depth);
    case 'error': return BigInt(session.error);
    case 'identity': return session.identity === null ? null : BigInt(session.identity);
    case 'spid': return BigInt(session.id);
    case 'xact state': return session.depth === 0 ? 0n : session.isDoomed ? -1n : 1n;
    case 'database': return session.database.name;
    case 'lock timeout': return BigInt(session.settings.lockTimeoutMs);
    case 'json': {
      const value = 'slot' in bind.json ? frame[bind.json.slot] ?? null : bind.json.text;
      return openJson(value === null ? null : String(value), bind.schema);
    }
    case 'context': {
      const key = 'slot' in bind.key ? String(frame[bind.key.slot]) : bind.key.text;
      return contextValue(session, key.toLowerCase(), bind.length);
    }
    case 'caught': {
      if (!caught) return null;
      switch (bind.part) {
        case 'number': return BigInt(caught.number);
        case 'message': return caught.message;
        case 'severity': return BigInt(caught.severity);
        case 'state': return BigInt(caught.state);
        case 'line': return BigInt(caught.line);
        case 'procedure': return null;
        default: return bind.part satisfies never;
      }
    }
    default: return bind satisfies never;
  }
}

/** A value of the session context, cut to so many characters; NULL when it is not set. */
export function contextValue({ context }: Session, key: string, length: number | undefined): string | null {
  const value = context.get(key)?.value ?? null;
  return value !== null && length !== undefined && value.length > length ? value.slice(0, length) : value;
}

export const bindValues = (binds: readonly Bind[], state: RunState): Value[] => binds.map((bind) => bindValue(bind, state));
