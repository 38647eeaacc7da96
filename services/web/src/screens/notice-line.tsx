import { Alert } from '@mantine/core';
import type { Words } from '../words/index.ts';
import type { Notice } from '../till/view.ts';
import { useTill } from './use-till.ts';

/** What the last thing that was done led to, when it was not what was meant. */
export function NoticeLine() {
  const { view, say, amount } = useTill();
  return <div aria-live="assertive">{view.notice && <Alert color="red" my="sm" role="alert">{textOf(view.notice, say, amount)}</Alert>}</div>;
}

function textOf(notice: Notice, say: Words, amount: (minor: number) => string): string {
  switch (notice.kind) {
    case 'fault':
      return say.faults[notice.fault];
    case 'not-found':
      return say.notFound(notice.text);
    case 'repriced':
      return say.repriced(amount(notice.beforeMinor), amount(notice.nowMinor));
  }
}
