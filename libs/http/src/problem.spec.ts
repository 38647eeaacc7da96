import { Problem } from './index.ts';

it('says that nothing happened unless that is not known', () => {
  expect(new Problem('total-mismatch').document('/v1/checkouts', 't')).toEqual({
    type: 'https://errors.scanlon-checkout.dev/total-mismatch', title: 'The total is not what the lines add up to', status: 422, instance: '/v1/checkouts', code: 'total-mismatch',
    traceId: 't', retryable: false, outcome: 'not_accepted', moneyMoved: 'no', action: 'Price the basket again and show the customer the new total.',
  });
  expect(new Problem('internal').document('/', 't')).toMatchObject({ outcome: 'unknown', moneyMoved: 'unknown' });
});

it('does not let extensions replace what every problem has', () => {
  expect(new Problem('not-found', { extensions: { status: 200, sale: '/v1/sales/1' } }).document('/', 't')).toMatchObject({ status: 404, sale: '/v1/sales/1' });
});

it('is written in the language that is asked for, for people; what programs match on stays', () => {
  expect(new Problem('total-mismatch', { detail: 'must be 598' }).document('/', 't', { language: 'de' })).toMatchObject({
    code: 'total-mismatch', title: 'Die Summe ist nicht die der Zeilen', action: 'Den Korb neu berechnen und dem Kunden die neue Summe zeigen.', detail: 'must be 598',
  });
});

it('names what is down, the incident, and what to say when calling support', () => {
  const problem = new Problem('dependency-unavailable', { dependencies: ['cart/accept'], incidentId: 'i-1' });
  expect(problem.document('/', 't', { reference: { commandId: 'c', saleId: 's' } })).toMatchObject({ dependencies: ['cart/accept'], incidentId: 'i-1', commandId: 'c', saleId: 's' });
});
