import { Button, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { amountIn } from '../sale/amount.ts';
import { useTill } from './use-till.ts';

/** Cash that goes into the drawer or out of it without a sale: change from the bank, the window cleaner. A reason is asked for, because somebody will ask later. */
export function CashMovement() {
  const { till, view, say } = useTill();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<'amount' | 'reason'>();
  const move = (direction: 'in' | 'out') => {
    const amountMinor = amountIn(text, view.catalogue?.store.currency ?? 'GBP');
    if (amountMinor === undefined || amountMinor === 0) return setFault('amount');
    if (reason.trim() === '') return setFault('reason');
    setFault(undefined);
    void till.shifts.moveCash(direction, amountMinor, reason.trim());
    setText('');
    setReason('');
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={say.shift.cash}>
      <Stack>
        <Title order={2} size="h3">{say.shift.cash}</Title>
        <Group grow align="start">
          <TextInput label={say.amount} inputMode="decimal" value={text} onChange={(event) => setText(event.currentTarget.value)} error={fault === 'amount' && say.faults['amount-invalid']} autoComplete="off" />
          <TextInput label={say.shift.reason} value={reason} maxLength={120} onChange={(event) => setReason(event.currentTarget.value)} error={fault === 'reason' && say.shift.reasonMissing} autoComplete="off" />
        </Group>
        <Group grow>
          <Button variant="default" onClick={() => move('in')}>{say.shift.cashIn}</Button>
          <Button variant="default" onClick={() => move('out')}>{say.shift.cashOut}</Button>
        </Group>
      </Stack>
    </Paper>
  );
}
