import type { SetOption } from '../../tsql/node/statement.ts';
import { outside } from '../error.ts';
import type { Settings } from '../session.ts';

/** How much of a long value is sent: here always all of it, whatever is set. */
export const withoutEffect: ReadonlySet<string> = new Set(['TEXTSIZE']);
/** Options the subset knows one value of; any other would change what statements mean. tedious sends most of them at login. */
export const fixed: Readonly<Record<string, string>> = {
  ANSI_NULLS: 'ON', ANSI_NULL_DFLT_ON: 'ON', ANSI_PADDING: 'ON', ANSI_WARNINGS: 'ON', ANSI_DEFAULTS: 'ON', QUOTED_IDENTIFIER: 'ON', ARITHABORT: 'ON', CONCAT_NULL_YIELDS_NULL: 'ON',
  NUMERIC_ROUNDABORT: 'OFF', CURSOR_CLOSE_ON_COMMIT: 'OFF', IMPLICIT_TRANSACTIONS: 'OFF', FMTONLY: 'OFF', ROWCOUNT: '0', DATEFIRST: '7', DATEFORMAT: 'MDY', LANGUAGE: 'US_ENGLISH', DEADLOCK_PRIORITY: 'NORMAL',
};

export function setOption({ options, value, line }: SetOption, settings: Settings): void {
  for (const option of options) {
    switch (option) {
      case 'NOCOUNT': settings.nocount = value === 'ON'; break;
      case 'XACT_ABORT': settings.xactAbort = value === 'ON'; break;
      case 'LOCK_TIMEOUT': settings.lockTimeoutMs = Number(value); break;
      case 'ISOLATION':
        if (value === 'SNAPSHOT' || value === 'READ UNCOMMITTED') throw outside(`The isolation level ${value}`, line);
        settings.isolation = value;
        break;
      default:
        if (withoutEffect.has(option) || fixed[option] === value) break;
        throw outside(`SET ${option} ${value}`, line);
    }
  }
}
