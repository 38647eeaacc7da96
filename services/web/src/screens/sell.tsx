import { Alert, Grid, Paper } from '@mantine/core';
import { BasketTable } from './basket-table.tsx';
import { Finder } from './finder.tsx';
import { NoticeLine } from './notice-line.tsx';
import { OutcomePanel } from './outcome-panel.tsx';
import { Parking } from './parking.tsx';
import { PaymentPanel } from './payment-panel.tsx';
import { useTill } from './use-till.ts';

/** The counter: goods on the left, money on the right; and then what became of it. */
export function SellScreen() {
  const { view, say } = useTill();
  if (view.current !== undefined) return <OutcomePanel commandId={view.current} />;
  if (!view.catalogue) return <Alert role="status">{view.contact.kind === 'lost' ? say.noCatalogue : say.loading}</Alert>;
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Paper withBorder p="md">
          <Finder products={view.catalogue.products} />
          <NoticeLine />
          <Parking />
          <BasketTable />
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <PaymentPanel />
      </Grid.Col>
    </Grid>
  );
}
