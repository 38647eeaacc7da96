import { once } from 'node:events';
import { connect } from 'node:net';
import { checkout } from '@checkout/contracts';
import { saleIdOf, uuidv7, type TenantId } from '@checkout/kernel';
import { Database, sql } from '@checkout/sql';
import fc from 'fast-check';
import { broken, basketOf, mutations } from '../testing/broken-offers.ts';
import { acme, aStore, anOffer, leeds, newCommandId, pen, soap, soldFrom, tea } from '../testing.ts';
import { OutageTown, type Answer, type Cart } from '../testing/outage-shop.ts';

/** What anybody may send to the front door, row by row (`tests/rules/src/hazards.ts`): the answer names what is wrong, nothing is stored, nothing is repeated. */
const town = new OutageTown();
let cart: Cart;
let foreignTill: string;

beforeAll(async () => {
  await town.open();
  cart = await town.serve();
  const foreignOffice = await town.identity.token({ subject: 'office', tenant: 'other', roles: ['back-office'] });
  foreignTill = await town.identity.token({ subject: 'till-9', tenant: 'other', store: leeds, till: 'T9', roles: ['till'] });
  for (const token of [town.tokens.office, foreignOffice]) {
    const headers = { authorization: `Bearer ${token}` };
    expect((await town.call(cart, 'PUT', '/v1/stores', { stores: [aStore()] }, { headers })).status).toBe(204);
    expect((await town.call(cart, 'PUT', '/v1/products', { products: [tea, soap, pen] }, { headers })).status).toBe(204);
  }
}, 60_000);
afterAll(async () => {
  await cart.close();
  await town.close();
}, 60_000);

type Headers = Record<string, string>;
const sell = (commandId: string, offer: object = anOffer(), headers: Headers = {}): Promise<Answer> =>
  town.call(cart, 'POST', '/v1/checkouts', offer, { headers: { 'idempotency-key': commandId, ...headers } });
const statusOf = (commandId: string) => town.call(cart, 'GET', `/v1/checkouts/${commandId}`);

/** Bytes as they are, where `JSON.stringify` would mend them. */
async function post(commandId: string, text: string, headers: Headers = {}): Promise<Answer> {
  const response = await fetch(`${cart.base}/v1/checkouts`, {
    method: 'POST', body: text, headers: { authorization: `Bearer ${town.tokens.till}`, 'content-type': 'application/json', 'idempotency-key': commandId, ...headers },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown>, tookMs: 0 };
}

const requestText = (commandId: string, body: string, extra = '') =>
  `POST /v1/checkouts HTTP/1.1\r\nhost: cart\r\nauthorization: Bearer ${town.tokens.till}\r\nidempotency-key: ${commandId}\r\n${extra}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const dial = () => connect(Number(new URL(cart.base).port), '127.0.0.1').on('error', () => {});
async function rawly(text: string, isHalfClosed = false): Promise<string> {
  const socket = dial();
  let answer = '';
  socket.on('data', (piece) => void (answer += piece.toString()));
  await once(socket, 'connect');
  if (isHalfClosed) socket.end(text);
  else socket.write(text);
  await once(socket, 'close');
  return answer;
}

const refusedAs = (code: string, pointer?: string) => ({ code, outcome: 'not_accepted', moneyMoved: 'no', ...(pointer !== undefined && { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown }) });
const card = anOffer().tenders;
const ofLine = (line: object) => ({ lines: [{ sku: tea.sku, quantity: 2, ...line }] });
const byCard = (tender: object) => ({ tenders: [{ ...card[0], ...tender }] });

describe('a till that offers', () => {
  const rows: readonly (readonly [string, object, string, string | undefined])[] = [
    ['X035 a command id in the body', { commandId: uuidv7() }, 'unknown-field', '/commandId'],
    ['X056 an amount in pounds', { totalMinor: 5.98 }, 'money-invalid', '/totalMinor'],
    ...['598', '1e3', '0x10', ' 10', '１０'].map((totalMinor) => [`X057 an amount as text: ${totalMinor}`, { totalMinor }, 'money-invalid', '/totalMinor'] as const),
    ['X058 a negative total', { totalMinor: -598 }, 'money-invalid', '/totalMinor'],
    ['X058 goods for nothing', { totalMinor: 0, ...byCard({ amountMinor: 0 }) }, 'total-mismatch', '/totalMinor'],
    ['X059 more money than there is', { totalMinor: 1e15 }, 'money-overflow', '/totalMinor'],
    ['X059 a tender of more than there is', byCard({ amountMinor: 1e15 }), 'money-overflow', '/tenders/0/amountMinor'],
    ...[0, -1, 1.5, 1e9, '2', null].map((quantity) => [`X060 ${JSON.stringify(quantity)} pieces`, ofLine({ quantity }), 'quantity-invalid', '/lines/0/quantity'] as const),
    ['X061 a weight', ofLine({ quantity: 1.2345 }), 'quantity-invalid', '/lines/0/quantity'],
    ['X062 a penny too little', { totalMinor: 597 }, 'total-mismatch', '/totalMinor'],
    ['X062 a penny too much', { totalMinor: 599 }, 'total-mismatch', '/totalMinor'],
    ['X063 a discount', ofLine({ discountMinor: 100 }), 'unknown-field', '/lines/0/discountMinor'],
    ['X063 a tax of its own', ofLine({ taxRateBp: -2000 }), 'unknown-field', '/lines/0/taxRateBp'],
    ['X064 too little money', byCard({ amountMinor: 597 }), 'tender-mismatch', '/tenders'],
    ['X064 too much money', byCard({ amountMinor: 599 }), 'tender-mismatch', '/tenders'],
    ['X065 a currency that is none', { currency: 'XTS' }, 'currency-mismatch', '/currency'],
    ['X065 a currency in lower case', { currency: 'gbp' }, 'currency-invalid', '/currency'],
    ['X065 a currency of a tender', byCard({ currency: 'EUR' }), 'unknown-field', '/tenders/0/currency'],
    ['X066 no lines', { lines: [] }, 'line-limit', '/lines'],
    ['X066 1,001 lines', { lines: Array.from({ length: 1_001 }, () => ({ sku: tea.sku, quantity: 1 })) }, 'line-limit', '/lines'],
    ['X067 an article that is not sold', ofLine({ sku: 'NO-1' }), 'sku-unknown', '/lines/0/sku'],
    ...['', '🍵', '\u202ETEA-80', 'TEA\u0000-80', 'T'.repeat(41)].map((sku) => [`X067 an article that cannot be: ${JSON.stringify(sku)}`, ofLine({ sku }), 'schema-violation', '/lines/0/sku'] as const),
    ['X068 goods at yesterday’s price', { totalMinor: 500, ...byCard({ amountMinor: 500 }) }, 'total-mismatch', '/totalMinor'],
    ['X073 the stripe of a card', byCard({ cardToken: '%B4111111111111111^DOE/JOHN^25121010000000000000?' }), 'pan-detected', undefined],
    ['X073 the second track of a card', byCard({ cardToken: ';4111111111111111=25121010000000000000?' }), 'pan-detected', undefined],
    ['X073 the number on the back of a card', byCard({ cvv: '123' }), 'unknown-field', '/tenders/0/cvv'],
    ...['', 'tok_', 'card_1', `tok_${'x'.repeat(10_000)}`].map((cardToken) => [`X074 a token that is none: ${cardToken.slice(0, 12)}`, byCard({ cardToken }), 'schema-violation', '/tenders/0/cardToken'] as const),
    ['X075 a voucher', { tenders: [{ type: 'gift', amountMinor: 598 }] }, 'tender-unsupported', '/tenders/0/type'],
    ...['2026-01-05', '2026-01-05T12:00:00', '2026-01-05T24:00:01Z', '10000-01-01T00:00:00Z', 'noon', ''].map((requestedAt) => [`X077 a time that is none: ${requestedAt}`, { requestedAt }, 'schema-violation', '/requestedAt'] as const),
    ['X078 a number of its own for the sale', { tillSequence: 7 }, 'unknown-field', '/tillSequence'],
    ['X079 another store than its token’s', { storeId: 'YORK-02' }, 'unknown-field', '/storeId'],
    ...(['basketId', 'requestedAt', 'shiftId', 'leftShop'] as const).flatMap((field) => [null, ''].map((value) => [`X084 ${field} as ${JSON.stringify(value)}`, { [field]: value }, 'schema-violation', `/${field}`] as const)),
    ['X084 lines as null', { lines: null }, 'schema-violation', '/lines'],
    ['X085 yes for an amount', { totalMinor: true }, 'money-invalid', '/totalMinor'],
    ['X085 "false" for a number of pieces', ofLine({ quantity: 'false' }), 'quantity-invalid', '/lines/0/quantity'],
    ['X086 an object for lines', { lines: { 0: { sku: tea.sku, quantity: 2 } } }, 'schema-violation', '/lines'],
    ['X086 a list for a line', { lines: [[{ sku: tea.sku, quantity: 2 }]] }, 'schema-violation', '/lines/0'],
    ['X088 a kind of tender with a space', byCard({ type: 'card ' }), 'tender-unsupported', '/tenders/0/type'],
    ['X088 a kind of tender in capitals', byCard({ type: 'CARD' }), 'tender-unsupported', '/tenders/0/type'],
    ['X094 an address for the receipt', { email: 'a@b.example\r\nbcc: c@d.example' }, 'unknown-field', '/email'],
    ['X095 notes of its own', { metadata: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`note-${index}`, index])) }, 'unknown-field', '/metadata'],
    ['X096 an exemption from tax', { isTaxExempt: true }, 'unknown-field', '/isTaxExempt'],
    ['X097 goods that come back', ofLine({ quantity: -1 }), 'quantity-invalid', '/lines/0/quantity'],
  ];

  it.each(rows)('%s is told where, as %p %s, and sells nothing', async (_, overrides, code, pointer) => {
    const commandId = newCommandId();
    expect(await sell(commandId, { ...anOffer(), ...overrides })).toMatchObject({ status: 422, body: refusedAs(code, pointer) });
    expect((await statusOf(commandId)).status).toBe(404);
  });

  it.each([
    ['X058 minus nothing', JSON.stringify(anOffer()).replace('598', '-0'), 400, 'json-number-invalid'],
    ['X060 NaN pieces', JSON.stringify(anOffer()).replace('"quantity":2', '"quantity":NaN'), 400, 'json-invalid'],
    ['X061 pieces with an exponent', JSON.stringify(anOffer()).replace('"quantity":2', '"quantity":2e0'), 400, 'json-number-invalid'],
    ['X067 an article with a name of a megabyte', JSON.stringify(anOffer()).replace(tea.sku, 'T'.repeat(1_000_000)), 413, 'body-too-large'],
    ['X052 a field that reaches into objects', JSON.stringify(anOffer()).replace('{', '{"constructor":{},'), 422, 'unknown-field'],
  ])('%s is refused before anything is made of it', async (_, text, status, code) => {
    const commandId = newCommandId();
    expect(await post(commandId, text)).toMatchObject({ status, body: refusedAs(code) });
    expect((await statusOf(commandId)).status).toBe(404);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('X017 a body that would unpack to a gigabyte is refused unread', async () => {
    expect(await post(newCommandId(), 'x', { 'content-encoding': 'gzip' })).toMatchObject({ status: 415, body: { code: 'encoding-unsupported' } });
  });

  it('X087 ten thousand mistakes is told of twenty', async () => {
    const lines = Array.from({ length: 500 }, () => ({ sku: '', quantity: 'x', ...Object.fromEntries(Array.from({ length: 18 }, (_, index) => [`f${index}`, 1])) }));
    const { status, body } = await sell(newCommandId(), { ...anOffer(), lines });
    expect(status).toBe(422);
    expect(body['errors']).toHaveLength(20);
    expect(JSON.stringify(body).length).toBeLessThan(8_000);
  });

  it('X066 one article line by line sells one line of it', async () => {
    const commandId = newCommandId();
    const lines = Array.from({ length: 400 }, () => ({ sku: tea.sku, quantity: 1 }));
    expect((await sell(commandId, anOffer({ lines, totalMinor: 400 * 299 }))).status).toBe(202);
    const [request] = await town.requestsOf(commandId);
    expect(checkout.CheckoutRequested.schema.parse(request?.body).lines).toMatchObject([{ sku: tea.sku, quantity: 400 }]);
  });

  it('X075 card and cash together sells', async () => {
    expect((await sell(newCommandId(), anOffer({ tenders: [{ type: 'card', amountMinor: 98, cardToken: 'tok_1' }, { type: 'cash', amountMinor: 500, tenderedMinor: 1_000 }] }))).status).toBe(202);
  });

  it.each(['1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z'])('X077, T12 a clock that cannot be right (%s) sells by the server’s', async (requestedAt) => {
    const { status, body } = await sell(newCommandId(), anOffer({ requestedAt }));
    expect(status).toBe(202);
    expect(Math.abs(Date.parse(String(body['acceptedAt'])) - Date.now())).toBeLessThan(60_000);
  });
});

describe('the key of a sale', () => {
  const id = uuidv7();
  it.each([
    ['X034 empty', ''], ['X034 too long', 'k'.repeat(65)], ['X034 with a space in it', `${id.slice(0, 8)} ${id.slice(9)}`], ['X034 in other letters', 'schlüssel'],
    ['X041 in capitals', id.toUpperCase()],
    ['X083 in braces', `{${id}}`], ['X083 of noughts', '00000000-0000-0000-0000-000000000000'], ['X083 of ones', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['X083 a digit short', id.slice(0, -1)], ['X083 a digit long', `${id}0`],
  ])('%s is refused', async (_, key) => {
    expect(await sell(key)).toMatchObject({ status: 400, body: refusedAs('idempotency-key-invalid') });
  });

  it('X083 of the year 9999 is a key like any other', async () => {
    expect((await sell('e677d21f-dbff-7abc-8def-0123456789ab')).status).toBe(202);
  });

  it('X036 given twice is refused, the same or another', async () => {
    for (const second of [id, uuidv7()]) {
      const answer = await rawly(requestText(id, JSON.stringify(anOffer()), `idempotency-key: ${second}\r\nconnection: close\r\n`));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"idempotency-key-invalid"');
    }
    expect((await statusOf(id)).status).toBe(404);
  });

  it('X041 with a space behind it is the same key, and another digit makes another sale', async () => {
    const [key, other] = [newCommandId(), newCommandId()];
    const first = await sell(key);
    expect(await rawly(requestText(`${key} `, JSON.stringify(anOffer()), 'connection: close\r\n'))).toMatch(/idempotency-replayed: true/);
    expect((await sell(other)).body['saleId']).not.toBe(first.body['saleId']);
  });

  it('X042 is each tenant’s own', async () => {
    const key = newCommandId();
    const [ours, theirs] = [await sell(key), await sell(key, anOffer(), { authorization: `Bearer ${foreignTill}` })];
    expect([ours, theirs].map(({ status, headers, body }) => [status, headers.get('idempotency-replayed'), body['saleId']]))
      .toEqual([[202, null, saleIdOf(acme, key)], [202, null, saleIdOf('other' as TenantId, key)]]);
  });
});

describe('the same key again', () => {
  it('X037 with the same body is answered the same, and says that it repeats', async () => {
    const commandId = newCommandId();
    const [first, again] = [await sell(commandId), await sell(commandId)];
    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([first.status, first.body, 'true']);
  });

  it('X038 with the body written in another order is the same request', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    const text = JSON.stringify(Object.fromEntries(Object.entries(anOffer()).toReversed()), undefined, '\t');
    expect((await post(commandId, text)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('X039 with another body is refused, and the first sale stands', async () => {
    const commandId = newCommandId();
    const { body } = await sell(commandId);
    expect(await sell(commandId, anOffer({ lines: [{ sku: soap.sku, quantity: 1 }], totalMinor: 450 }))).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused', moneyMoved: 'unknown' } });
    expect((await statusOf(commandId)).body).toEqual(body);
  });

  it('X040 a hundred times at once is one sale, and one of them was first', async () => {
    const commandId = newCommandId();
    const answers = await Promise.all(Array.from({ length: 100 }, () => sell(commandId)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['saleId'])}`))).toEqual(new Set([`202 ${saleIdOf(acme, commandId)}`]));
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(new Set((await town.requestsOf(commandId)).map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('X043 after thirteen months is still that sale', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    const database = Database.open({ connectionString: town.sql.connectionString, name: 'cart' });
    await database.commit(sql`UPDATE checkout SET accepted_at = DATEADD(day, -400, accepted_at);`);
    await database.close();
    const restarted = await town.serve();
    const again = await town.call(restarted, 'POST', '/v1/checkouts', anOffer(), { headers: { 'idempotency-key': commandId } });
    await restarted.close();
    expect([again.status, again.body['saleId'], again.headers.get('idempotency-replayed')]).toEqual([202, saleIdOf(acme, commandId), 'true']);
  }, 60_000);

  it('X044 with the mistake put right sells: a refusal is not kept', async () => {
    const commandId = newCommandId();
    expect((await sell(commandId, anOffer({ totalMinor: 597 }))).status).toBe(422);
    const { status, headers } = await sell(commandId);
    expect([status, headers.get('idempotency-replayed')]).toEqual([202, null]);
  });

  it('X031 from a till that hung up before it was answered is told of the sale, and there is one', async () => {
    const commandId = newCommandId();
    const socket = dial();
    await once(socket, 'connect');
    socket.write(requestText(commandId, JSON.stringify(anOffer())), () => socket.destroy());
    await once(socket, 'close');
    expect((await sell(commandId)).status).toBe(202);
    expect(new Set((await town.requestsOf(commandId)).map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('X093 from a till whose line broke in the middle of the body is a first request: nothing was made of the half', async () => {
    const commandId = newCommandId();
    const socket = dial();
    await once(socket, 'connect');
    socket.write(requestText(commandId, JSON.stringify(anOffer())).slice(0, -20), () => socket.destroy());
    await once(socket, 'close');
    expect((await statusOf(commandId)).status).toBe(404);
    const { status, headers } = await sell(commandId);
    expect([status, headers.get('idempotency-replayed')]).toEqual([202, null]);
  });
});

describe('on the line', () => {
  it('X030 a thousand requests at once on one connection are all answered', async () => {
    const one = 'GET /health/live HTTP/1.1\r\nhost: cart\r\n\r\n';
    const answer = await rawly(one.repeat(999) + one.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(1_000);
  });

  it('X032 a till that closes its half of the line is taken for gone: nobody answers it, and its sale is there when it sends again', async () => {
    const commandId = newCommandId();
    expect(await rawly(requestText(commandId, JSON.stringify(anOffer())), true)).toBe('');
    expect((await sell(commandId)).status).toBe(202);
    expect(new Set((await town.requestsOf(commandId)).map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('X049 what is meant for reading means nothing to a sale', async () => {
    const { status, body } = await sell(newCommandId(), anOffer(), { range: 'bytes=0-1', 'if-none-match': '*', 'if-match': '"x"', 'if-modified-since': 'Mon, 05 Jan 2026 12:00:00 GMT' });
    expect([status, body['state']]).toEqual([202, 'accepted']);
  });
});

describe('who asks for what is not there', () => {
  it('X082 is told the same of another tenant’s sale, of none, and of what is no id', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    const asked = await Promise.all([commandId, uuidv7(), 'nonsense', '%00'].map((id) => town.call(cart, 'GET', `/v1/checkouts/${id}`, undefined, { headers: { authorization: `Bearer ${foreignTill}` } })));
    expect(asked.map(({ status, body }) => [status, body['code'], body['detail']])).toEqual(asked.map(() => [404, 'not-found', asked[0]?.body['detail']]));
  });

  it.each(['after=%00', `after=${'A'.repeat(5_000)}`, 'after=A&after=B', 'after[]=A', "after=A'%20OR%201=1", 'limit=1e9', 'limit=-1'])('X047 asks for a page that cannot be: %s', async (query) => {
    expect(await town.call(cart, 'GET', `/v1/catalogue?${query}`)).toMatchObject({ status: 422, body: { code: expect.stringMatching(/^(schema-violation|unknown-field|cursor-invalid)$/) as string } });
  });
});

describe('what the back office writes', () => {
  const save = (description: string, sku = 'ODD-1') =>
    town.call(cart, 'PUT', '/v1/products', { products: [{ ...pen, sku, description }] }, { token: 'office' });
  const read = async (sku = 'ODD-1') => (await town.call(cart, 'GET', `/v1/products/${sku}`)).body['description'];

  it.each(["'; DROP TABLE checkout; --", '<script>alert(1)</script>', '${jndi:ldap://x}', '{{7*7}}', '=cmd|calc', "N'x' /* [x] % _"])('X069 is text and nothing else: %s', async (description) => {
    expect((await save(description)).status).toBe(204);
    expect(await read()).toBe(description);
    expect((await sell(newCommandId())).status).toBe(202);
  });

  it('X071 is kept as it was written: the same word in two spellings stays two spellings', async () => {
    const [composed, decomposed] = ['Cr\u00e8me', 'Cre\u0300me'];
    await save(composed, 'ODD-2');
    await save(decomposed, 'ODD-3');
    expect([await read('ODD-2'), await read('ODD-3')]).toEqual([composed, decomposed]);
  });

  it.each([['half a character', 'Tea \ud800'], ['a character that ends texts', 'Tea\u0000'], ['a line of its own', 'Tea\nMilk'], ['an endless accent', `a${'\u0301'.repeat(100_000)}`], ['an endless family', '👨‍'.repeat(200)], ['more halves of emojis than its column (X162)', '😀'.repeat(41)]])('X070 is refused when it holds %s', async (_, description) => {
    expect(await save(description, 'ODD-4')).toMatchObject({ status: 422, body: { code: 'schema-violation', errors: [{ pointer: '/products/0/description' }] } });
    expect((await town.call(cart, 'GET', '/v1/products/ODD-4')).status).toBe(404);
  });
});

describe('a basket that is put aside', () => {
  const park = (key: string, basket: object) => town.call(cart, 'POST', '/v1/parked-sales', { currency: 'GBP', lines: [soldFrom(tea, 2)], ...basket }, { headers: { 'idempotency-key': key } });

  it('X073 has no card number for a name', async () => {
    const key = newCommandId();
    expect(await park(key, { name: 'card 4111 1111 1111 1111' })).toMatchObject({ status: 422, body: { code: 'pan-detected' } });
    expect((await park(key, { name: 'red scarf' })).status).toBe(201);
  });

  it('X039 is not told of as another one under its key', async () => {
    const key = newCommandId();
    const first = await park(key, {});
    expect((await park(key, {})).body).toEqual(first.body);
    expect(await park(key, { lines: [soldFrom(soap, 1)] })).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
  });
});

describe('any basket with one leaf gone wrong', () => {
  const rowOf = { type: 'X101', range: 'X102', length: 'X103', charset: 'X104', kind: 'X105', missing: 'X106', extra: 'X107', null: 'X108', duplicate: 'X109', 'cross-field': 'X110' } as const;

  it('X101 X102 X103 X104 X105 X106 X107 X108 X109 X110 are all kinds of it', () => {
    expect(Object.keys(rowOf)).toEqual(mutations);
  });

  it('sells as it is', async () => {
    await fc.assert(fc.asyncProperty(basketOf([tea, soap, pen]), async (offer) => {
      expect((await sell(newCommandId(), offer)).status).toBe(202);
    }), { numRuns: 25 });
  }, 60_000);

  it.each(mutations)('(%s) is refused, told where, and sells nothing', async (mutation) => {
    await fc.assert(fc.asyncProperty(basketOf([tea, soap, pen]), fc.nat(), async (offer, which) => {
      const { text, pointer } = broken(offer, mutation, which);
      const commandId = newCommandId();
      const { status, body } = await post(commandId, text);
      expect({ status, code: body['code'], outcome: body['outcome'], text }).toEqual({ status: mutation === 'duplicate' ? 400 : 422, code: expect.not.stringMatching('internal') as string, outcome: 'not_accepted', text });
      const pointers = ((body['errors'] ?? []) as { pointer: string }[]).map((error) => error.pointer);
      if (pointer !== undefined) expect({ text, pointers }).toEqual({ text, pointers: expect.arrayContaining([expect.stringMatching(pointer)]) as string[] });
      expect((await statusOf(commandId)).status).toBe(404);
    }), { numRuns: 25 });
  }, 60_000);
});
