import { Alert, Button, Grid, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { TillShift } from '../journal/drawer.ts';
import { amountIn } from '../sale/amount.ts';
import { figuresOf } from '../sale/shift-report.ts';
import { shiftText } from '../sale/shift-paper.ts';
import { CashMovement } from './cash-movement.tsx';
import { CloseShift } from './close-shift.tsx';
import { NoticeLine } from './notice-line.tsx';
import { PrintedPaper } from './paper.tsx';
import { useTill } from './use-till.ts';

/** The drawer: opened with a float, counted at the end, and what it came to on paper. */
export function ShiftScreen() {
  const { view, say } = useTill();
  const { open, shifts } = view.book.drawer;
  const last = [...shifts.values()].filter(({ closed }) => closed).at(-1);
  return (
    <>
      <NoticeLine />
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>{open ? <><CashMovement /><CloseShift shift={open} /></> : <OpenShift />}</Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          {open ? <Report shift={open} /> : last ? <Report shift={last} /> : <Text c="dimmed" ta="center" py="xl">{say.shift.none}</Text>}
        </Grid.Col>
      </Grid>
    </>
  );
}

function OpenShift() {
  const { till, view, say } = useTill();
  const [text, setText] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const currency = view.catalogue?.store.currency ?? 'GBP';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const floatMinor = amountIn(text, currency);
    setIsWrong(floatMinor === undefined);
    if (floatMinor !== undefined) void till.shifts.open(floatMinor);
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={say.shift.open}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h3">{say.shift.open}</Title>
          <Text>{say.shift.openHint}</Text>
          <TextInput label={say.shift.float} inputMode="decimal" size="lg" value={text} onChange={(event) => setText(event.currentTarget.value)} error={isWrong && say.faults['amount-invalid']} autoFocus autoComplete="off" />
          <Button type="submit" size="lg" disabled={!view.catalogue}>{say.shift.open}</Button>
        </Stack>
      </form>
    </Paper>
  );
}

function Report({ shift }: { readonly shift: TillShift }) {
  const { view, say } = useTill();
  const { opened, closed, reportNumber } = shift;
  const text = shiftText({
    storeName: view.catalogue?.store.name ?? view.tillId, tillId: view.tillId, currency: opened.currency, opened, closed, reportNumber,
    figures: closed?.figures ?? figuresOf(shift, view.book), printedAt: Date.now(),
  }, say);
  const isTold = view.book.drawer.untold.length === 0;
  return (
    <Stack>
      {closed && <Alert role="status" color={isTold ? 'green' : 'orange'} title={say.shift.isClosed}>{isTold ? say.shift.isTold : say.shift.toBeTold}</Alert>}
      <PrintedPaper label={closed ? say.shift.finalReport : say.shift.interimReport} text={text} />
    </Stack>
  );
}
