import { Button, Paper, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { KeptSale } from '../journal/book.ts';
import { provisionalReceipt } from '../sale/receipt.ts';
import { useTill } from './use-till.ts';

/** The store's receipt when it can be had, else this till's own; on screen, and to the printer without anything around it. */
export function ReceiptPaper({ sale }: { readonly sale: KeptSale }) {
  const { till, view, say } = useTill();
  const [text, setText] = useState<string>();
  const status = sale.standing.state === 'ended' && sale.standing.status.state === 'completed' ? sale.standing.status : undefined;
  const saleId = status?.saleId;
  useEffect(() => {
    if (saleId !== undefined) void till.receiptText(saleId).then(setText);
  }, [till, saleId]);
  const own = provisionalReceipt({
    storeName: view.catalogue?.store.name ?? view.tillId,
    tillId: view.tillId,
    number: status?.receiptNumber ?? sale.provisionalNumber,
    soldAt: sale.soldAt,
    commandId: sale.commandId,
    lines: sale.lines,
    taxMode: sale.taxMode,
    currency: sale.body.currency,
    tenders: sale.body.tenders,
  }, { receipt: status ? say.receipt : say.provisional, total: say.total.toUpperCase(), cash: say.cash, card: say.card, change: say.change, tax: say.tax, reference: say.reference, till: say.till });
  return (
    <Paper withBorder p="lg" component="section" aria-label={say.receipt}>
      <Stack>
        <pre className="receipt" tabIndex={0}>{text ?? own}</pre>
        <Button variant="default" onClick={() => print()}>{say.print}</Button>
      </Stack>
    </Paper>
  );
}
