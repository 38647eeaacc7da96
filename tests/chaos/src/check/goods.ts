import { groupBy, sum, type Invariant } from './violation.ts';

const keyOf = ({ tenant_id, store_id, sku }: { readonly tenant_id: string; readonly store_id: string; readonly sku: string }): string => `${tenant_id}/${store_id}/${sku}`;

export const stockIsConserved: Invariant = {
  id: 'I6',
  name: 'stock conservation',
  check({ inventory: { levels, reservations, ledger }, receipt }) {
    const entries = groupBy(ledger, keyOf);
    const open = groupBy(reservations.filter(({ state }) => state === 'held').flatMap(({ tenant_id, store_id, lines }) => pieces(lines).map(({ sku, quantity }) => ({ tenant_id, store_id, sku, quantity }))), keyOf);
    const ofLevels = levels.flatMap((level) => {
      const key = keyOf(level);
      const counted = sum((entries.get(key) ?? []).map(({ quantity }) => quantity));
      const held = sum((open.get(key) ?? []).map(({ quantity }) => quantity));
      return [
        ...(level.on_hand !== counted ? [{ what: `${key}: ${level.on_hand} on hand, and the ledger adds up to ${counted}` }] : []),
        ...(level.reserved !== held ? [{ what: `${key}: ${level.reserved} set aside, and open reservations hold ${held}` }] : []),
        ...(level.reserved < 0 ? [{ what: `${key}: ${level.reserved} set aside` }] : []),
      ];
    });
    const sold = groupBy(ledger.filter(({ kind }) => kind === 'sale'), ({ reference }) => reference);
    const receipts = new Map(receipt.receipts.map((each) => [each.sale_id, each]));
    const ofSales = [...new Set([...sold.keys(), ...receipts.keys()])].flatMap((saleId) => {
      const gone = new Map((sold.get(saleId) ?? []).map(({ sku, quantity }) => [sku, -quantity]));
      const document = receipts.get(saleId)?.document;
      const paid = new Map<string, number>();
      for (const { sku, quantity } of document === undefined ? [] : (JSON.parse(document) as { lines: Line[] }).lines) paid.set(sku, (paid.get(sku) ?? 0) + quantity);
      const wrong = [...new Set([...gone.keys(), ...paid.keys()])].filter((sku) => gone.get(sku) !== paid.get(sku));
      return wrong.length === 0 ? [] : [{ what: `sale ${saleId}: the receipt and the goods that left differ in ${wrong.join(', ')}`, saleId }];
    });
    const ofRefunds = receipt.refunds.filter(({ credit_number }) => credit_number !== null).flatMap(({ refund_id, sale_id, document }) => {
      const { lines } = JSON.parse(document) as { lines: readonly (Line & { readonly goods: string })[] };
      const counted = (kind: string) => sum(ledger.filter((entry) => entry.kind === kind && entry.reference === refund_id).map(({ quantity }) => quantity));
      const pieces = (some: readonly Line[]) => sum(some.map(({ quantity }) => quantity));
      const isRight = counted('return') === pieces(lines) && counted('write-off') === -pieces(lines.filter(({ goods }) => goods === 'write-off'));
      return isRight ? [] : [{ what: `refund ${refund_id}: the credit note and the goods that came back differ`, saleId: sale_id }];
    });
    return [...ofLevels, ...ofSales, ...ofRefunds];
  },
};

interface Line { readonly sku: string; readonly quantity: number }

const pieces = (lines: string | null): readonly Line[] => JSON.parse(lines ?? '[]') as Line[];

export const receiptNumbersHaveNoGaps: Invariant = {
  id: 'I7',
  name: 'receipt numbers',
  check({ receipt: { counters, receipts, journal, refunds }, orchestrator }) {
    const notes = refunds.flatMap(({ tenant_id, store_id, credit_series, credit_number }) => (credit_series === null || credit_number === null ? [] : [{ tenant_id, store_id, series: credit_series, number: credit_number }]));
    const seriesOf = ({ tenant_id, store_id, series }: { readonly tenant_id: string; readonly store_id: string; readonly series: string }) => `${tenant_id}/${store_id}/${series}`;
    const ofSeries = [...groupBy([...receipts.map(({ tenant_id, store_id, series, number }) => ({ tenant_id, store_id, series, number })), ...notes], seriesOf)].flatMap(([key, own]) => {
      const numbers = own.map(({ number }) => number).toSorted((a, b) => a - b);
      const gap = numbers.findIndex((number, index) => number !== index + 1);
      const last = counters.find((counter) => seriesOf(counter) === key)?.last_number;
      const printed = journal.filter((entry) => seriesOf(entry) === key).length;
      return [
        ...(gap === -1 ? [] : [{ what: `${key}: number ${numbers[gap]} stands where ${gap + 1} should` }]),
        ...(last === numbers.length ? [] : [{ what: `${key}: ${numbers.length} receipts, and the counter stands at ${last}` }]),
        ...(printed === numbers.length ? [] : [{ what: `${key}: ${numbers.length} receipts, and ${printed} lines in the journal` }]),
      ];
    });
    const numbered = new Set(receipts.map(({ sale_id }) => sale_id));
    const completed = new Set(orchestrator.sagas.filter(({ phase }) => phase === 'completed').map(({ sale_id }) => sale_id));
    return [
      ...ofSeries,
      ...[...completed].filter((saleId) => !numbered.has(saleId)).map((saleId) => ({ what: `sale ${saleId} is completed and has no receipt`, saleId })),
      ...[...numbered].filter((saleId) => !completed.has(saleId)).map((saleId) => ({ what: `sale ${saleId} has a receipt and is not completed`, saleId })),
    ];
  },
};
