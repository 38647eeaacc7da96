import { Badge, Button, Modal, Paper, ScrollArea, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { isException, type KeptSale } from '../journal/book.ts';
import { outcomeOf } from '../sale/outcome.ts';
import type { Words } from '../words/index.ts';
import { ReceiptPaper } from './receipt-paper.tsx';
import { useTill } from './use-till.ts';

/** More are in the journal; a screen is for the ones that are asked about. */
const mostShown = 50;

/** The last sales of this till, where each stands, and their receipts. What a person must look at comes first. */
export function SalesScreen({ onRefund }: { readonly onRefund: (saleId: string) => void }) {
  const { till, view, say, language, amount } = useTill();
  const [shown, setShown] = useState<KeptSale>();
  const sales = [...view.book.sales.values()].toReversed();
  const listed = [...sales.filter(isException), ...sales.filter((sale) => !isException(sale))].slice(0, mostShown);
  if (listed.length === 0) return <Text c="dimmed" ta="center" py="xl">{say.noSales}</Text>;
  const time = new Intl.DateTimeFormat(say.locale, { dateStyle: 'short', timeStyle: 'short' });
  return (
    <Paper withBorder p="md">
      <ScrollArea>
        <Table aria-label={say.sales}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say.time}</Table.Th>
              <Table.Th>{say.number}</Table.Th>
              <Table.Th ta="right">{say.amount}</Table.Th>
              <Table.Th>{say.stands}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {listed.map((sale) => {
              const outcome = isException(sale) ? outcomeOf(sale, say, language, Date.now()) : undefined;
              return (
                <Table.Tr key={sale.commandId}>
                  <Table.Td>{time.format(sale.soldAt)}</Table.Td>
                  <Table.Td>{numberOf(sale)}</Table.Td>
                  <Table.Td ta="right">{amount(sale.body.totalMinor)}</Table.Td>
                  <Table.Td>
                    <Badge color={outcome ? 'red.9' : isDone(sale) ? 'green.9' : 'gray.8'} variant="filled" tt="none">{standingOf(sale, say)}</Badge>
                    {outcome && <Text size="sm">{outcome.title}. {outcome.action} {say.reference}: {sale.commandId}</Text>}
                  </Table.Td>
                  <Table.Td>
                    {hasReceipt(sale) && <Button variant="default" size="xs" aria-label={say.reprint(numberOf(sale))} onClick={() => setShown(sale)}>{say.receipt}</Button>}{' '}
                    {sale.standing.state === 'ended' && isDone(sale) && <Button variant="default" size="xs" aria-label={say.refund.of(numberOf(sale))} onClick={() => sale.standing.state === 'ended' && onRefund(sale.standing.status.saleId)}>{say.refund.title}</Button>}{' '}
                    {sale.standing.state === 'parked' && sale.standing.refusal.code !== 'journal-damaged' && <Button variant="default" size="xs" onClick={() => void till.selling.sendAgain(sale.commandId)}>{say.sendAgain(numberOf(sale))}</Button>}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} title={shown && numberOf(shown)} size="lg">{shown && <ReceiptPaper sale={shown} />}</Modal>
    </Paper>
  );
}

const isDone = ({ standing }: KeptSale): boolean => standing.state === 'ended' && standing.status.state === 'completed';

/** Nobody is given a receipt for what was not sold. */
const hasReceipt = (sale: KeptSale): boolean => isDone(sale) || (sale.standing.state === 'waiting' && sale.releasedAt !== undefined);

/** The store's number once there is one. */
const numberOf = ({ standing, provisionalNumber }: KeptSale): string => (standing.state === 'ended' && standing.status.receiptNumber) || provisionalNumber;

function standingOf(sale: KeptSale, say: Words): string {
  const { standing } = sale;
  switch (standing.state) {
    case 'ended':
      return say.standing[standing.status.state];
    case 'parked':
      return isException(sale) ? say.standing.parked : say.standing.refused;
    default:
      return say.standing[standing.state];
  }
}
