import { Alert, Button, Code, Group, List, NumberInput, Paper, SegmentedControl, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { isCode, meaningOf, refundWords, type http, type RefundWord } from '@checkout/contracts';
import type { MoneyBack } from '@checkout/kernel';
import { useState } from 'react';
import { comesTo, leftOf, type Returned } from '../sale/refund-form.ts';
import { PrintedPaper } from './paper.tsx';
import { useTill } from './use-till.ts';

/** Goods of a past sale come back: which receipt, which lines, and then what became of it. */
export function RefundScreen() {
  const { till, view } = useTill();
  const { receipt, asked } = till.refunds.desk;
  if (asked) return <RefundOutcome />;
  return (
    <Stack maw={900} mx="auto">
      <LookUp />
      <RefundNotice />
      {receipt && view.refund && <ChooseLines key={receipt.saleId} receipt={receipt} />}
    </Stack>
  );
}

function LookUp() {
  const { till, say } = useTill();
  const [text, setText] = useState('');
  return (
    <Paper withBorder p="md">
      <form onSubmit={(event) => { event.preventDefault(); void till.refunds.lookUp(text); }}>
        <Group align="end">
          <TextInput label={say.refund.receiptNumber} description={say.refund.receiptHint} value={text} onChange={(event) => setText(event.currentTarget.value)} flex={1} autoComplete="off" />
          <Button type="submit">{say.refund.lookUp}</Button>
        </Group>
      </form>
    </Paper>
  );
}

/** What kept a refund from being begun: in the words of the contracts' catalogue where it was the back end that said so. */
function RefundNotice() {
  const { till, say, language } = useTill();
  const { notice } = till.refunds.desk;
  if (notice === undefined || notice === 'checking') return null;
  const told = typeof notice === 'string' ? say.refund[notice] : isCode(notice.code) ? meaningOf(notice.code).texts[language] : say.refund.other;
  return <Alert color="red" role="alert" title={told.title}>{told.action}</Alert>;
}

function ChooseLines({ receipt }: { readonly receipt: http.RefundableView }) {
  const { till, say, amount } = useTill();
  const [chosen, setChosen] = useState<ReadonlyMap<number, Returned>>(new Map());
  const [back, setBack] = useState<MoneyBack>('original');
  const [reason, setReason] = useState('');
  const returned = [...chosen.values()].filter(({ quantity }) => quantity > 0);
  const sums = comesTo(receipt, returned, back);
  const choose = (line: number, change: Partial<Returned>): void =>
    setChosen(new Map(chosen).set(line, { line, quantity: 0, goods: 'restock', ...chosen.get(line), ...change }));
  return (
    <Paper withBorder p="md" component="section" aria-label={say.refund.title}>
      <Stack>
        <Title order={2} size="h4">{say.receipt} {receipt.receiptNumber}</Title>
        <Table aria-label={say.refund.lines}>
          <Table.Thead>
            <Table.Tr><Table.Th>{say.article}</Table.Th><Table.Th ta="right">{say.price}</Table.Th><Table.Th>{say.refund.back}</Table.Th><Table.Th>{say.refund.goods}</Table.Th></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {receipt.lines.map((sold) => (
              <Table.Tr key={sold.line}>
                <Table.Td>{sold.description}<Text size="sm" c="dimmed">{say.refund.left(leftOf(sold), sold.quantity)}</Text></Table.Td>
                <Table.Td ta="right">{amount(sold.unitPriceMinor)}</Table.Td>
                <Table.Td>
                  <NumberInput aria-label={say.quantityOf(sold.description)} w={110} min={0} max={leftOf(sold)} clampBehavior="strict" allowDecimal={false} disabled={leftOf(sold) === 0}
                    value={chosen.get(sold.line)?.quantity ?? 0} onChange={(value) => choose(sold.line, { quantity: Number(value) || 0 })} />
                </Table.Td>
                <Table.Td>
                  <SegmentedControl aria-label={say.refund.goodsOf(sold.description)} disabled={leftOf(sold) === 0} value={chosen.get(sold.line)?.goods ?? 'restock'}
                    onChange={(goods) => choose(sold.line, { goods: goods as Returned['goods'] })} data={[{ value: 'restock', label: say.refund.restock }, { value: 'write-off', label: say.refund.writeOff }]} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Group align="end">
          <TextInput label={say.refund.reason} value={reason} maxLength={200} onChange={(event) => setReason(event.currentTarget.value)} flex={1} autoComplete="off" />
          <SegmentedControl aria-label={say.refund.money} value={back} onChange={(value) => setBack(value as MoneyBack)} data={[{ value: 'original', label: say.refund.original }, { value: 'cash', label: say.refund.inCash }]} />
        </Group>
        <Group justify="space-between">
          <Text aria-live="polite">{say.refund.toCard}: {amount(sums.cardMinor)} · {say.refund.toHand}: {amount(sums.cashMinor)}</Text>
          <Button size="lg" disabled={returned.length === 0 || reason.trim() === ''} onClick={() => void till.refunds.ask(returned, back, reason.trim())}>{say.refund.give(amount(sums.totalMinor))}</Button>
        </Group>
        {returned.length > 0 && reason.trim() === '' && <Text size="sm">{say.refund.reasonMissing}</Text>}
      </Stack>
    </Paper>
  );
}

/** What became of it: what happened, whether money moved, what to do, and under which reference. */
function RefundOutcome() {
  const { till, say, language, amount } = useTill();
  const { asked, status, steps, notice, creditNote } = till.refunds.desk;
  if (!asked) return null;
  const isOver = status?.state === 'completed' || status?.state === 'declined';
  const word = wordOf(status);
  const told = notice === 'checking' ? say.refund.checking : refundWords[word].texts[language];
  const money = notice === 'checking' ? 'unknown' : refundWords[word].moneyMoved;
  return (
    <Stack maw={760} mx="auto">
      <Paper withBorder p="lg" component="section" aria-label={say.refund.title}>
        <Stack>
          <Alert color={!isOver ? 'blue' : status.state === 'completed' ? 'green' : 'red'} role={status?.state === 'declined' ? 'alert' : 'status'} aria-live="assertive" title={<Title order={2} size="h3">{told.title}</Title>}>
            <Text size="lg">{told.action}</Text>
            <Text fw={600} mt="xs">{say.refund.moneyMoved[money]}</Text>
            {status?.state === 'completed' && status.cashMinor > 0 && <Text fw={700} size="xl">{say.refund.toHand}: {amount(status.cashMinor)}</Text>}
            {status?.state === 'completed' && status.cardMinor > 0 && <Text>{say.refund.toCard}: {amount(status.cardMinor)}</Text>}
          </Alert>
          <Text size="sm">{say.reference}: <Code>{asked.commandId}</Code></Text>
          <List aria-label={say.steps} size="sm">
            {status && <List.Item>{say.accepted}</List.Item>}
            {steps.map((step) => <List.Item key={step}>{say.refund.step[step] ?? step}</List.Item>)}
          </List>
          {status?.state === 'declined' && <Group><Button size="lg" autoFocus onClick={() => void till.refunds.begin(asked.body.saleId)}>{say.refund.again}</Button></Group>}
          {isOver && <Group><Button size="lg" variant={status.state === 'declined' ? 'default' : 'filled'} onClick={() => till.refunds.done()}>{say.next}</Button></Group>}
        </Stack>
      </Paper>
      {creditNote !== undefined && <PrintedPaper label={say.refund.creditNote} text={creditNote} />}
    </Stack>
  );
}

function wordOf(status: http.RefundStatus | undefined): RefundWord {
  if (!status) return 'accepted';
  return status.state === 'completed' && status.cashMinor > 0 ? 'completed-with-cash' : status.state;
}
