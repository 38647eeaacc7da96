import { RefundId, SaleId, TenantId } from '@checkout/contracts';
import { bigint, datetime2, json, safeIntegerColumn, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import { keyOf } from '../application/ports.ts';
import type { Books, TenderKey } from '../application/reconcile.ts';
import type { OurBooks } from '../domain/reconciliation.ts';
import { referenceOf } from '../domain/question.ts';
import { partStates } from '../domain/refund.ts';
import { tenderStates } from '../domain/tender.ts';

const provider = 'default';
const ComparedRow = z.object({ afterSequence: safeIntegerColumn });
const BookRow = z.object({
  tenantId: TenantId,
  saleId: SaleId,
  position: z.int(),
  state: z.enum(tenderStates),
  providerId: z.string().nullable(),
  currency: z.string().nullable(),
  kind: z.enum(['authorized', 'captured', 'voided']).nullable(),
  amountMinor: safeIntegerColumn.nullable(),
});
const RefundRow = z.object({ tenantId: TenantId, saleId: SaleId, position: z.int(), refundId: RefundId, amountMinor: safeIntegerColumn, state: z.enum(partStates) });

/** Our side of the books, for reconciliation. */
export class SqlBooks implements Books {
  readonly #database: Pick<Database, 'forEveryTenant' | 'commit'>;

  constructor(database: Pick<Database, 'forEveryTenant' | 'commit'>) {
    this.#database = database;
  }

  async of(tenders: readonly TenderKey[]): Promise<(tender: TenderKey) => OurBooks | undefined> {
    const wanted = new Map(tenders.map((tender) => [nameOf(tender), { t: tender.tenantId, s: tender.saleId, p: tender.position }]));
    if (wanted.size === 0) return () => undefined;
    const named = json([...wanted.values()]);
    const [rows, refundRows] = await this.#database.forEveryTenant().queries([BookRow, RefundRow], sql`
      SELECT t.tenant_id AS tenantId, t.sale_id AS saleId, t.position, t.state, t.provider_id AS providerId, p.currency, l.kind, l.amount_minor AS amountMinor
      FROM OPENJSON(${named}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', position INT '$.p') AS j
      INNER JOIN tender AS t ON t.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND t.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND t.position = j.position
      INNER JOIN payment AS p ON p.tenant_id = t.tenant_id AND p.sale_id = t.sale_id
      LEFT JOIN payment_ledger AS l ON l.tenant_id = t.tenant_id AND l.sale_id = t.sale_id AND l.position = t.position;
      SELECT r.tenant_id AS tenantId, r.sale_id AS saleId, r.position, r.refund_id AS refundId, r.amount_minor AS amountMinor, r.state
      FROM OPENJSON(${named}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', position INT '$.p') AS j
      INNER JOIN refund_part AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND r.position = j.position
      WHERE r.via = 'card';`);
    const refunds = Map.groupBy(refundRows, nameOf);
    const books = new Map<string, OurBooks>();
    for (const { kind, amountMinor, state, providerId, currency, ...tender } of rows) {
      const entries = books.get(nameOf(tender))?.entries ?? [];
      const back = (refunds.get(nameOf(tender)) ?? []).map((part) => ({ reference: referenceOf(part.refundId, part.position), amountMinor: part.amountMinor, state: part.state }));
      books.set(nameOf(tender), { state, providerId, currency: currency ?? '', refunds: back, entries: kind === null || amountMinor === null ? entries : [...entries, { kind, amountMinor }] });
    }
    return (tender) => books.get(nameOf(tender));
  }

  async comparedUpTo(): Promise<number> {
    const [row] = await this.#database.forEveryTenant().query(ComparedRow, sql`SELECT after_sequence AS afterSequence FROM reconciliation WHERE provider = ${varchar(40, provider)};`);
    return row?.afterSequence ?? 0;
  }

  /** Forward only: two instances may compare at once. */
  noteComparedUpTo(sequence: number, at: number): Promise<void> {
    return this.#database.commit(sql`
      IF NOT EXISTS (SELECT 1 FROM reconciliation WHERE provider = ${varchar(40, provider)})
        INSERT INTO reconciliation (provider, after_sequence, checked_at) VALUES (${varchar(40, provider)}, 0, ${datetime2(new Date(at))});
      UPDATE reconciliation
      SET after_sequence = ${bigint(sequence)}, checked_at = ${datetime2(new Date(at))}
      WHERE provider = ${varchar(40, provider)} AND after_sequence < ${bigint(sequence)};`);
  }
}

const nameOf = ({ tenantId, saleId, position }: TenderKey): string => `${keyOf(tenantId, saleId)}:${position}`;
