import { firstBreak, genesis } from '../domain/audit-chain.ts';
import type { AuditLog } from './ports.ts';

const pageSize = 1_000;

/** Reads the whole audit and recomputes its chain. @returns how many entries hold, and where the chain first does not */
export async function verifyAudit(log: AuditLog): Promise<{ readonly entries: number; readonly broken?: { readonly number: number; readonly because: string } }> {
  let last = { number: 0, hash: genesis };
  for (;;) {
    const page = await log.read(last.number, pageSize);
    const broken = firstBreak(page, last);
    if (broken) return { entries: broken.number - 1, broken };
    const end = page.at(-1);
    if (!end) return { entries: last.number };
    last = { number: end.number, hash: end.hash };
  }
}
