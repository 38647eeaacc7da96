import { Alert, Stack } from '@mantine/core';
import { minutes } from '@checkout/kernel';
import { useTill } from './use-till.ts';

/** Receipts carry the back end's time, so a clock may be off a little. */
const worthSayingMs = minutes(5);

/** What is not as it should be, for as long as it is so. */
export function Banners() {
  const { view, say } = useTill();
  const [damaged] = view.damaged;
  return (
    <Stack gap="xs" mb="sm">
      {view.contact.kind === 'lost' && <Alert color="orange" role="status">{say.lost}{view.limitsFault && <> {say.limits[view.limitsFault]} {say.limits.cashAlone}</>}</Alert>}
      {view.isRefused && <Alert color="red" role="alert">{say.refusedTill}</Alert>}
      {damaged !== undefined && <Alert color="red" role="alert">{say.damagedJournal(damaged)}</Alert>}
      {Math.abs(view.clockOffMs) > worthSayingMs && <Alert color="orange" role="status">{say.clock(Math.round(Math.abs(view.clockOffMs) / minutes(1)))}</Alert>}
    </Stack>
  );
}
