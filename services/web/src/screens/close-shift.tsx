import { Alert, Button, List, Paper, SimpleGrid, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { TillShift } from '../journal/drawer.ts';
import { amountIn, digitsOf } from '../sale/amount.ts';
import { carriedOverOf, figuresOf } from '../sale/shift-report.ts';
import { useTill } from './use-till.ts';

/** Of most currencies; one without minor units has none of the small ones. */
const values = [50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

/** Counts the drawer and closes the shift. What is not finished never stands in the way: it is named, and carried over. */
export function CloseShift({ shift }: { readonly shift: TillShift }) {
  const { till, view, say, amount } = useTill();
  const [text, setText] = useState('');
  const [isByCoin, setIsByCoin] = useState(false);
  const [counts, setCounts] = useState<Readonly<Record<number, string>>>({});
  const [isWrong, setIsWrong] = useState(false);
  const { currency } = shift.opened;
  const coins = values.map((value) => ({ valueMinor: value * 10 ** digitsOf(currency) })).filter(({ valueMinor }) => valueMinor >= 1)
    .map(({ valueMinor }) => ({ valueMinor: Math.round(valueMinor), count: Number(counts[Math.round(valueMinor)] || '0') }));
  const coinsMinor = coins.reduce((sum, { valueMinor, count }) => sum + valueMinor * count, 0);
  const countedMinor = isByCoin ? (Number.isSafeInteger(coinsMinor) ? coinsMinor : undefined) : amountIn(text, currency);
  const expectedMinor = figuresOf(shift, view.book).expectedCashMinor;
  const carried = carriedOverOf(view.book, Date.now());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsWrong(countedMinor === undefined);
    if (countedMinor !== undefined) void till.shifts.close(countedMinor, isByCoin ? coins.filter(({ count }) => count > 0) : undefined);
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={say.shift.close}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h3">{say.shift.close}</Title>
          {carried.length > 0 && (
            <Alert color="orange" role="status" title={say.shift.carriedOver(carried.length)}>
              <Text size="sm">{say.shift.carriedHint}</Text>
              <List size="sm">{carried.slice(0, 10).map(({ commandId, provisionalNumber, totalMinor, why }) => <List.Item key={commandId}>{provisionalNumber}, {amount(totalMinor)}: {say.shift.why[why]}</List.Item>)}</List>
            </Alert>
          )}
          <Switch label={say.shift.byCoin} checked={isByCoin} onChange={(event) => setIsByCoin(event.currentTarget.checked)} />
          {isByCoin ? (
            <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="xs">
              {coins.map(({ valueMinor }) => (
                <TextInput key={valueMinor} label={amount(valueMinor)} inputMode="numeric" value={counts[valueMinor] ?? ''} onChange={(event) => setCounts({ ...counts, [valueMinor]: event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 6) })} />
              ))}
            </SimpleGrid>
          ) : (
            <TextInput label={say.shift.counted} inputMode="decimal" size="lg" value={text} onChange={(event) => setText(event.currentTarget.value)} error={isWrong && say.faults['amount-invalid']} autoComplete="off" />
          )}
          <Text aria-live="polite" fw={600}>
            {say.shift.expected}: {amount(expectedMinor)}{countedMinor !== undefined && <> · {say.shift.difference}: {amount(countedMinor - expectedMinor)}</>}
          </Text>
          <Button type="submit" size="lg">{say.shift.close}</Button>
        </Stack>
      </form>
    </Paper>
  );
}
