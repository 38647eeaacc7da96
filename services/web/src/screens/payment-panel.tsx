import { Button, CloseButton, Divider, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { amountIn, digitsOf } from '../sale/amount.ts';
import { amountOn } from '../sale/paper.ts';
import { changeMinorOf, dueMinor } from '../sale/tenders.ts';
import { useTill } from './use-till.ts';

/** Cash, cards, or both, until nothing is due; then one press sells. */
export function PaymentPanel() {
  const { till, view, say, amount } = useTill();
  const [cash, setCash] = useState('');
  const [card, setCard] = useState('');
  const [token, setToken] = useState('tok_visa');
  // Another basket, another amount; and what a scanner typed in here while it was scanned goes away.
  useEffect(() => {
    setCash('');
    setCard('');
  }, [view.basket]);
  const currency = view.catalogue?.store.currency ?? 'GBP';
  const due = dueMinor(till.goods.totalMinor, view.tenders);
  const change = changeMinorOf(view.tenders);
  const isOpen = view.basket.length > 0 && due > 0;
  const typed = (text: string): number => (text.trim() === '' ? due : (amountIn(text, currency) ?? Number.NaN));
  const takeCash = (minor: number) => {
    till.money.takeCash(minor);
    setCash('');
  };
  const takeCard = () => {
    till.money.takeCard(typed(card), token);
    setCard('');
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={say.payment}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h3">{say.total}</Title>
          <Text fz={34} fw={700} data-testid="total" aria-label={say.total}>{amount(till.goods.totalMinor)}</Text>
        </Group>
        <Group grow align="end">
          <TextInput size="md" label={say.cashGiven} inputMode="decimal" value={cash} disabled={!isOpen} placeholder={amountOn(currency, say.locale)(due)} onChange={(event) => setCash(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && cash !== '' && takeCash(typed(cash))} />
          <Button size="md" disabled={!isOpen} onClick={() => takeCash(typed(cash))}>{say.takeCash}</Button>
        </Group>
        <Group gap="xs">
          <Button variant="default" size="sm" px={12} disabled={!isOpen} onClick={() => takeCash(due)}>{say.exact}</Button>
          {[5, 10, 20, 50].map((note) => (
            <Button key={note} variant="default" size="sm" px={12} disabled={!isOpen} onClick={() => takeCash(note * 10 ** digitsOf(currency))}>{amount(note * 10 ** digitsOf(currency))}</Button>
          ))}
        </Group>
        <Divider />
        <Select size="md" label={say.reader} value={token} onChange={(value) => value !== null && setToken(value)} disabled={!isOpen} allowDeselect={false} data={Object.entries(say.cards).map(([value, label]) => ({ value, label }))} />
        <Group grow align="end">
          <TextInput size="md" label={say.cardAmount} inputMode="decimal" value={card} disabled={!isOpen} placeholder={amountOn(currency, say.locale)(due)} onChange={(event) => setCard(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && card !== '' && takeCard()} />
          <Button size="md" disabled={!isOpen} onClick={takeCard}>{say.takeCard}</Button>
        </Group>
        {view.tenders.length > 0 && (
          <Stack gap={4} role="list" aria-label={say.tenders}>
            {view.tenders.map((tender, index) => {
              const what = `${say[tender.type]} ${amount(tender.type === 'cash' ? tender.tenderedMinor : tender.amountMinor)}`;
              return (
                <Group key={`${index}-${what}`} role="listitem" justify="space-between">
                  <Text>{what}</Text>
                  <CloseButton aria-label={say.takeBack(what)} onClick={() => till.money.takeBack(index)} />
                </Group>
              );
            })}
          </Stack>
        )}
        <Group justify="space-between" aria-live="polite">
          <Text fw={600}>{say.due}: {amount(due)}</Text>
          {change > 0 && <Text fw={600}>{say.change}: {amount(change)}</Text>}
        </Group>
        <Button size="xl" fullWidth color="green.9" disabled={view.basket.length === 0 || due !== 0} onClick={() => void till.selling.pay()}>{say.pay}</Button>
      </Stack>
    </Paper>
  );
}
