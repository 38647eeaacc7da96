import { int, json, sql, type Sql } from '@checkout/sql';
import { z } from 'zod';

/** Marks messages as handled. A mark that exists already fails the commit: the message was handled before, and is not handled again. */
export const markHandled = (messages: readonly { readonly tenantId: string; readonly id: string }[]): Sql => sql`
  INSERT INTO inbox (tenant_id, message_id, handled_at)
  SELECT j.tenantId, j.messageId, SYSUTCDATETIME()
  FROM OPENJSON(${json(messages.map(({ tenantId, id }) => ({ t: tenantId, m: id })))})
    WITH (tenantId VARCHAR(40) '$.t', messageId VARCHAR(128) '$.m') AS j;`;

/** The constraint that a second handling runs into. */
export const inboxKey = 'pk_inbox';

/** How long marks are kept: far longer than the bus redelivers. Replays that come later meet the services' own permanent keys. */
export const inboxRetentionDays = 30;

/** How many old marks are forgotten at once: few enough that no lock is held for long. */
export const marksForgottenAtOnce = 5_000;

export const Forgotten = z.object({ forgotten: z.int() });

export const forgetOldMarks = (): Sql => sql`
  DELETE TOP (${int(marksForgottenAtOnce)}) FROM inbox
  WHERE handled_at < DATEADD(day, ${int(-inboxRetentionDays)}, SYSUTCDATETIME());
  SELECT @@ROWCOUNT AS forgotten;`;
