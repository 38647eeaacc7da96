import { Alert, Button, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import type { CommandId } from '@checkout/kernel';
import { outcomeOf, type Outcome } from '../sale/outcome.ts';
import { ReceiptPaper } from './receipt-paper.tsx';
import { useTill } from './use-till.ts';

const colours: Readonly<Record<Outcome['tone'], string>> = { good: 'green', wait: 'blue', kept: 'orange', bad: 'red' };

/** What became of the sale of the customer at the counter: what happened, whether money moved, what to do, and under which reference. */
export function OutcomePanel({ commandId }: { readonly commandId: CommandId }) {
  const { till, view, say, language, amount } = useTill();
  const sale = view.book.sales.get(commandId);
  if (!sale) return null;
  const outcome = outcomeOf(sale, say, language, Date.now());
  const change = sale.body.tenders.reduce((sum, tender) => (tender.type === 'cash' ? sum + tender.tenderedMinor - tender.amountMinor : sum), 0);
  const isPaid = outcome.tone === 'good' || outcome.tone === 'kept';
  return (
    <Stack maw={760} mx="auto">
      <Paper withBorder p="lg" component="section" aria-label={say.payment}>
        <Stack>
          <Alert color={colours[outcome.tone]} role={outcome.tone === 'bad' ? 'alert' : 'status'} aria-live="assertive" title={<Title order={2} size="h3">{outcome.title}</Title>}>
            <Text size="lg">{outcome.action}</Text>
            {outcome.details.map((detail) => <Text key={detail}>{detail}</Text>)}
            <Text fw={600} mt="xs">{say.money[outcome.money]}</Text>
            {isPaid && change > 0 && <Text fw={700} size="xl">{say.change}: {amount(change)}</Text>}
          </Alert>
          <Text size="sm">{say.reference}: <Code>{commandId}</Code></Text>
          <List aria-label={say.steps} size="sm">
            <List.Item>{say.stored} ({sale.provisionalNumber})</List.Item>
            {(sale.standing.state === 'accepted' || sale.standing.state === 'ended') && <List.Item>{say.accepted}</List.Item>}
            {view.steps.map((step) => <List.Item key={step}>{say.step[step] ?? step}</List.Item>)}
          </List>
          <Group>
            {outcome.isSettled && !outcome.canPayAgain && <Button size="lg" autoFocus onClick={() => till.selling.next()}>{say.next}</Button>}
            {outcome.canPayAgain && <Button size="lg" autoFocus onClick={() => void till.selling.backToBasket()}>{say.back}</Button>}
          </Group>
        </Stack>
      </Paper>
      {isPaid && <ReceiptPaper sale={sale} />}
    </Stack>
  );
}
