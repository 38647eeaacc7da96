import { referenceOf, type Question } from '../domain/question.ts';
import type { Operation } from '../domain/tender.ts';
import { sale } from '../testing.ts';
import { barredOf, foundOf, outcomeOf } from './classify.ts';

const reference = referenceOf(sale.saleId, 1);
const question = (operation: Operation): Question => ({
  operation, merchantAccount: 'acme', reference, idempotencyKey: `${reference}:${operation}`, amountMinor: 598, currency: 'GBP',
  cardToken: null, providerId: operation === 'authorize' ? null : 'auth_1', looksFirst: false, mayRepeat: true,
});
const authorization = (more: object = {}) => ({ id: 'auth_1', status: 'authorized', amountMinor: 598, currency: 'GBP', reference, capturedMinor: 0, refundedMinor: 0, ...more });
const reply = (status: number, body: unknown = {}, retryAfterMs?: number) => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body), retryAfterMs });
const failed = (status: number, code: string) => reply(status, { error: { code, message: 'said so' } });
const done = { kind: 'done', providerId: 'auth_1' };

describe('what an answer of the provider means', () => {
  it.each([
    ['authorize', 'authorized', done],
    ['authorize', 'declined', { kind: 'declined', declineCode: 'declined' }],
    ['authorize', 'voided', { kind: 'declined', declineCode: 'voided' }],
    ['authorize', 'captured', { kind: 'contradicted', why: expect.any(String) }],
    ['capture', 'captured', done],
    ['capture', 'declined', { kind: 'declined', declineCode: 'declined' }],
    ['capture', 'voided', { kind: 'declined', declineCode: 'voided' }],
    ['capture', 'authorized', { kind: 'unknown', why: 'not-done' }],
    ['void', 'voided', done],
    ['void', 'declined', done],
    ['void', 'authorized', { kind: 'unknown', why: 'not-done' }],
    ['void', 'captured', { kind: 'contradicted', why: expect.any(String) }],
  ] as const)('asked to %s and answered %s', (operation, status, outcome) => {
    expect(outcomeOf(question(operation), reply(200, authorization({ status, capturedMinor: status === 'captured' ? 598 : 0 })))).toEqual(outcome);
  });

  it('P18 is a contradiction when the provider speaks of other money', () => {
    for (const other of [{ amountMinor: 599 }, { currency: 'USD' }, { reference: 'another:1' }]) {
      expect(outcomeOf(question('authorize'), reply(200, authorization(other)))).toMatchObject({ kind: 'contradicted' });
    }
    expect(outcomeOf(question('capture'), reply(200, authorization({ status: 'captured', capturedMinor: 500 })))).toMatchObject({ kind: 'contradicted' });
  });

  it('lets go of other money gladly', () => {
    expect(outcomeOf(question('void'), reply(200, authorization({ status: 'voided', amountMinor: 599 })))).toEqual(done);
  });

  it.each([408, 425, 401, 403, 301])('is in doubt after %i', (status) => {
    expect(outcomeOf(question('authorize'), reply(status, {}, 2_000))).toEqual({ kind: 'unknown', why: `status-${status}`, retryAfterMs: 2_000 });
  });

  it('P11 has not been asked when it turns us away for now', () => {
    expect(outcomeOf(question('authorize'), reply(429, {}, 2_000))).toEqual({ kind: 'not-asked', why: 'status-429', retryAfterMs: 2_000 });
    expect(foundOf(question('authorize'), reply(429, {}, 2_000))).toEqual({ kind: 'not-asked', why: 'status-429', retryAfterMs: 2_000 });
  });

  it.each(['', '<html>', '[]', '{"id":1}', '{"id":"a b","status":"authorized"}'])('is in doubt when it cannot be read: %s', (body) => {
    expect(outcomeOf(question('authorize'), reply(200, body))).toEqual({ kind: 'unknown', why: 'unreadable' });
  });

  it('is a refusal with the provider\'s code, when the request can never work', () => {
    expect(outcomeOf(question('authorize'), failed(400, 'invalid_request'))).toEqual({ kind: 'declined', declineCode: 'invalid_request' });
    expect(outcomeOf(question('capture'), failed(409, 'not_authorized'))).toEqual({ kind: 'declined', declineCode: 'not_authorized' });
    expect(outcomeOf(question('authorize'), reply(422, 'oops'))).toEqual({ kind: 'declined', declineCode: 'status-422' });
  });

  it('never passes on a decline code that is a text', () => {
    expect(outcomeOf(question('authorize'), reply(200, authorization({ status: 'declined', declineCode: 'call 0800 <b>now</b>' })))).toEqual({ kind: 'declined', declineCode: 'declined' });
  });

  it('is in doubt while the first request under the key is being handled', () => {
    expect(outcomeOf(question('authorize'), reply(409))).toMatchObject({ kind: 'unknown', why: 'in-progress' });
  });

  it('is never a refusal when the money has been captured already: how much is to be looked up', () => {
    expect(outcomeOf(question('capture'), failed(409, 'already_captured'))).toEqual({ kind: 'unknown', why: 'already-captured' });
  });

  it('is a contradiction when our key was used for something else, or our authorization is not known', () => {
    expect(outcomeOf(question('authorize'), failed(409, 'idempotency_key_reused'))).toMatchObject({ kind: 'contradicted' });
    expect(outcomeOf(question('capture'), failed(404, 'not_found'))).toMatchObject({ kind: 'contradicted' });
    expect(outcomeOf(question('void'), failed(409, 'already_captured'))).toMatchObject({ kind: 'contradicted' });
  });
});

describe('what is found by reference', () => {
  const found = (...authorizations: object[]) => reply(200, { reference, fenced: false, authorizations });

  it('settles the question when the provider has done it', () => {
    expect(foundOf(question('authorize'), found(authorization()))).toEqual(done);
    expect(foundOf(question('capture'), found(authorization({ status: 'captured', capturedMinor: 598 })))).toEqual(done);
    expect(foundOf(question('authorize'), found(authorization({ status: 'declined', declineCode: 'expired_card' })))).toEqual({ kind: 'declined', declineCode: 'expired_card' });
  });

  it('settles nothing when the provider has not heard of it, or not done it yet', () => {
    expect(foundOf(question('authorize'), found())).toBeUndefined();
    expect(foundOf(question('authorize'), reply(404))).toBeUndefined();
    expect(foundOf(question('capture'), found(authorization()))).toBeUndefined();
  });

  it('takes the authorization that holds money, whatever failed before it', () => {
    expect(foundOf(question('authorize'), found(authorization({ id: 'auth_0', status: 'declined' }), authorization()))).toEqual(done);
  });

  it('is a contradiction when the money is held twice', () => {
    expect(foundOf(question('authorize'), found(authorization(), authorization({ id: 'auth_2' })))).toMatchObject({ kind: 'contradicted' });
  });
});

describe('what a void by reference brings', () => {
  const barred = (...authorizations: object[]) => barredOf(question('void'), reply(200, { reference, fenced: true, authorizations }));

  it('is done, and names the authorization that it let go, if there was one', () => {
    expect(barred()).toEqual({ kind: 'done', providerId: null });
    expect(barred(authorization({ status: 'declined' }))).toEqual({ kind: 'done', providerId: null });
    expect(barred(authorization({ status: 'voided' }))).toEqual(done);
  });

  it('is not done while one of them still holds money', () => {
    expect(barred(authorization({ status: 'voided' }), authorization({ id: 'auth_2' }))).toEqual({ kind: 'unknown', why: 'not-done' });
    expect(barred(authorization({ status: 'captured' }))).toMatchObject({ kind: 'contradicted' });
  });
});
