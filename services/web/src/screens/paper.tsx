import { Button, Paper as Card, Stack } from '@mantine/core';
import { useTill } from './use-till.ts';

/** What goes to the printer: on screen as it will be on paper, and printed without anything around it. */
export function PrintedPaper({ label, text }: { readonly label: string; readonly text: string }) {
  const { say } = useTill();
  return (
    <Card withBorder p="lg" component="section" aria-label={label}>
      <Stack align="center">
        <pre className="receipt" tabIndex={0}>{text}</pre>
        <Button variant="default" onClick={() => print()}>{say.print}</Button>
      </Stack>
    </Card>
  );
}
