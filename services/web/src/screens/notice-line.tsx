import { Alert } from '@mantine/core';
import { isCode, meaningOf, type Language } from '@checkout/contracts';
import type { Words } from '../words/index.ts';
import type { Notice } from '../till/view.ts';
import { useTill } from './use-till.ts';

/** What the last thing that was done led to, when it was not what was meant. */
export function NoticeLine() {
  const { view, say, language, amount } = useTill();
  const isGood = view.notice?.kind === 'parked' && view.notice.number !== undefined;
  return <div aria-live="assertive">{view.notice && <Alert color={isGood ? 'green' : 'red'} my="sm" role={isGood ? 'status' : 'alert'}>{textOf(view.notice, say, language, amount)}</Alert>}</div>;
}

function textOf(notice: Notice, say: Words, language: Language, amount: (minor: number) => string): string {
  switch (notice.kind) {
    case 'fault':
      return say.faults[notice.fault];
    case 'not-found':
      return say.notFound(notice.text);
    case 'parked':
      return notice.number === undefined ? say.parking.doneHere : say.parking.done(notice.number);
    case 'taken-elsewhere':
      return say.parking.elsewhere(notice.by, new Intl.DateTimeFormat(say.locale, { timeStyle: 'short' }).format(notice.at));
    case 'refused': {
      const { title, action } = isCode(notice.code) ? meaningOf(notice.code).texts[language] : say.outcome.other;
      return `${title}. ${action}`;
    }
    case 'repriced':
      return say.repriced(amount(notice.beforeMinor), amount(notice.nowMinor));
  }
}
