import { serviceNames } from '@checkout/local-network';
import type { Edit } from './release.ts';

/**
 * The next release, as one may be: every service has a migration that expands, receipt writes what its own added, and a message is read with a field more.
 */
export const nextRelease: readonly Edit[] = [
  ...serviceNames.filter((service) => service !== 'receipt').map((service): Edit => ({
    file: `services/${service}/src/store/migrations/0900-${service}-next.sql`,
    content: 'ALTER TABLE outbox ADD of_the_next_release VARCHAR(20) NULL;\n',
  })),
  { file: 'services/receipt/src/store/migrations/0900-receipt-next.sql', content: 'ALTER TABLE receipt ADD issued_by VARCHAR(20) NULL;\n' },
  { file: 'services/receipt/src/store/sql-receipts.ts', before: 'INSERT INTO receipt (tenant_id,', after: 'INSERT INTO receipt (issued_by, tenant_id,' },
  { file: 'services/receipt/src/store/sql-receipts.ts', before: 'SELECT j.tenantId, j.saleId, j.storeId, j.series, j.number,', after: "SELECT 'next', j.tenantId, j.saleId, j.storeId, j.series, j.number," },
  { file: 'libs/contracts/src/receipt.ts', before: "'receipt.issue-receipt.v1', z.strictObject({", after: "'receipt.issue-receipt.v1', z.strictObject({ channel: z.string().optional()," },
];

/** And the one after it, which sends that field. Never beside today's, which would not read it: a field is read a release before it is sent. */
export const releaseAfter: readonly Edit[] = [
  ...nextRelease,
  { file: 'services/orchestrator/src/domain/checkout.saga.ts', before: 'command: (start) => receipt.IssueReceipt({', after: "command: (start) => receipt.IssueReceipt({ channel: 'counter'," },
];
