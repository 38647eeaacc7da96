import { Alert, Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import { useTill } from './use-till.ts';

/** Puts the basket aside for another customer, and takes up what was put aside here or at another till of the store. */
export function Parking() {
  const { till, view, say } = useTill();
  const [shown, setShown] = useState<'park' | 'parked'>();
  const close = () => setShown(undefined);
  useEffect(() => void till.parking.refresh(), [till]);
  const list = () => {
    void till.parking.refresh();
    setShown('parked');
  };
  return (
    <>
      <Group gap="xs" my="md">
        <Button variant="default" disabled={view.basket.length === 0} loading={view.isParking} onClick={() => setShown('park')}>{say.parking.park}</Button>
        <Button variant="default" onClick={list} rightSection={view.parked.length > 0 && <Badge size="sm" circle color="blue.9" variant="filled">{view.parked.length}</Badge>}>{say.parking.parked}</Button>
      </Group>
      <Modal opened={shown === 'park'} onClose={close} title={say.parking.park} closeButtonProps={{ 'aria-label': say.close }}><ParkForm onDone={close} /></Modal>
      <Modal opened={shown === 'parked'} onClose={close} title={say.parking.parked} size="lg" closeButtonProps={{ 'aria-label': say.close }}><ParkedList onDone={close} /></Modal>
    </>
  );
}

function ParkForm({ onDone }: { readonly onDone: () => void }) {
  const { till, say } = useTill();
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void till.parking.park(name.trim());
    onDone();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={say.parking.name} description={say.parking.nameHint} value={name} maxLength={40} onChange={(event) => setName(event.currentTarget.value)} data-autofocus autoComplete="off" />
        <Button type="submit">{say.parking.park}</Button>
      </Stack>
    </form>
  );
}

function ParkedList({ onDone }: { readonly onDone: () => void }) {
  const { till, view, say, amount } = useTill();
  const time = new Intl.DateTimeFormat(say.locale, { timeStyle: 'short' });
  const takeUp = (parkedId: string) => {
    void till.parking.takeUp(parkedId);
    onDone();
  };
  return (
    <Stack>
      {!view.isParkedKnown && <Alert color="orange" role="status">{say.parking.onlyHereKnown}</Alert>}
      {view.parked.length === 0 && <Text c="dimmed">{say.parking.none}</Text>}
      <Stack gap="xs" role="list" aria-label={say.parking.parked}>
        {view.parked.map(({ parkedId, number, name, tillId, lines, totalMinor, parkedAt, isHereAlone }) => {
          const called = [number === undefined ? undefined : String(number), name].filter((each) => each !== undefined).join(' · ') || time.format(parkedAt);
          return (
            <Group key={parkedId} role="listitem" justify="space-between" className="parked" p="sm">
              <Stack gap={2}>
                <Text fw={700} size="lg">{called}</Text>
                <Text size="sm" c="dimmed">{say.parking.from(tillId, time.format(parkedAt))} · {say.parking.pieces(lines.reduce((sum, { quantity }) => sum + quantity, 0))}{isHereAlone ? ` · ${say.parking.hereAlone}` : ''}</Text>
              </Stack>
              <Group>
                <Text fw={600}>{amount(totalMinor)}</Text>
                <Button disabled={view.basket.length > 0} onClick={() => takeUp(parkedId)} aria-label={say.parking.takeUp(called)}>{say.parking.take}</Button>
              </Group>
            </Group>
          );
        })}
      </Stack>
      {view.basket.length > 0 && view.parked.length > 0 && <Text size="sm">{say.faults['basket-not-empty']}</Text>}
    </Stack>
  );
}
