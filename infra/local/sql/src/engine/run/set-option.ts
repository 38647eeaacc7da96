import type { SetOption } from '../../tsql/node/statement.ts';
import { outside } from '../error.ts';
import type { Settings } from '../session.ts';

/** Options that change nothing in the subset, whatever their value. tedious sends most of them at login. */
const withoutEffect = new Set(['ANSI_NULL_DFLT_ON', 'ANSI_PADDING', 'ANSI_WARNINGS', 'ARITHABORT', 'CONCAT_NULL_YIELDS_NULL', 'CURSOR_CLOSE_ON_COMMIT', 'TEXTSIZE', 'LANGUAGE', 'STATISTICS', 'DATEFIRST', 'DATEFORMAT', 'FMTONLY', 'NUMERIC_ROUNDABORT']);
/** Options the subset knows one value of. */
const fixed: Readonly<Record<string, string>> = { ANSI_NULLS: 'ON', QUOTED_IDENTIFIER: 'ON', ANSI_DEFAULTS: 'ON', IMPLICIT_TRANSACTIONS: 'OFF', ROWCOUNT: '0', DEADLOCK_PRIORITY: 'NORMAL' };

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
