import { Alert, Button, Container, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Session } from '../api/session.ts';
import type { TillDatabase } from '../journal/indexed-db.ts';
import { enrol, languageOfDevice } from '../open-till.ts';
import type { Till } from '../till.ts';
import { words } from '../words/index.ts';

/** Where a device is made a till, once. */
export function EnrolScreen({ database, onEnrolled }: { readonly database: TillDatabase; readonly onEnrolled: (till: Till) => void }) {
  const say = words[languageOfDevice()].enrol;
  const [tillId, setTillId] = useState('');
  const [secret, setSecret] = useState('');
  const [fault, setFault] = useState<'refused' | 'unreachable'>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const enrolment = { tillId: tillId.trim(), secret: secret.trim() };
    const answer = await new Session(enrolment).signIn();
    if (answer.kind !== 'token') return setFault(answer.kind);
    onEnrolled(await enrol(database, enrolment));
  };
  return (
    <Container size="xs" py="xl" component="main">
      <Paper withBorder p="xl">
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Title order={1} size="h2">{say.title}</Title>
            <Text>{say.explanation}</Text>
            {fault && <Alert color="red" role="alert">{say[fault]}</Alert>}
            <TextInput label={say.tillId} value={tillId} onChange={(event) => setTillId(event.currentTarget.value)} required autoFocus autoCapitalize="characters" placeholder="LEEDS-01-T1" />
            <PasswordInput label={say.secret} value={secret} onChange={(event) => setSecret(event.currentTarget.value)} required autoComplete="off" />
            <Button type="submit" size="lg">{say.done}</Button>
          </Stack>
        </form>
      </Paper>
    </Container>
  );
}
