import { AppShell, Badge, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { unfinished } from '../journal/book.ts';
import type { Till } from '../till.ts';
import { words } from '../words/index.ts';
import { Banners } from './banners.tsx';
import { RefundScreen } from './refund.tsx';
import { SalesScreen } from './sales.tsx';
import { ShiftScreen } from './shift.tsx';
import { SellScreen } from './sell.tsx';
import { TillContext, useTill } from './use-till.ts';

export const Counter = ({ till }: { readonly till: Till }) => (
  <TillContext value={till}>
    <Frame />
  </TillContext>
);

/** What is always there: who this till is, whether the back end hears it, and the way between the screens. */
function Frame() {
  const { till, view, say, language } = useTill();
  const [screen, setScreen] = useState<'sell' | 'sales' | 'refund' | 'shift'>('sell');
  const waiting = unfinished(view.book).filter(({ standing }) => standing.state === 'waiting').length;
  return (
    <AppShell header={{ height: { base: 'auto', sm: 60 } }} padding="md">
      <AppShell.Header px="md" py="xs" pos="sticky">
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={1} size="h4">{view.catalogue?.store.name ?? say.till}</Title>
            <Text c="dimmed">{view.tillId}</Text>
            <Badge role="status" color={view.contact.kind === 'well' && waiting === 0 ? 'green.9' : 'orange.9'} variant="filled" size="lg" tt="none">
              {waiting > 0 ? say.waiting(waiting) : view.contact.kind === 'well' ? say.well : say.waiting(0)}
            </Badge>
          </Group>
          <Group gap="sm">
            <SegmentedControl aria-label={say.till} value={screen} onChange={(value) => setScreen(value as typeof screen)} data={[{ value: 'sell', label: say.sell }, { value: 'sales', label: say.sales }, { value: 'refund', label: say.refund.title }, { value: 'shift', label: say.shift.title }]} />
            <SegmentedControl aria-label={say.language} value={language} onChange={(value) => till.speak(value as typeof language)} data={Object.entries(words).map(([value, { name }]) => ({ value, label: name }))} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main pt="md">
        <Banners />
        {screen === 'sell' ? <SellScreen /> : screen === 'sales' ? <SalesScreen onRefund={(saleId) => { setScreen('refund'); void till.refunds.begin(saleId); }} /> : screen === 'refund' ? <RefundScreen /> : <ShiftScreen />}
      </AppShell.Main>
    </AppShell>
  );
}
