import type { checkout, http } from '@checkout/contracts';
import { saleIdOf, type CommandId } from '@checkout/kernel';
import { SendUnknown } from '@checkout/messaging';
import { DependencyUnavailable } from '@checkout/resilience';
import { CommitUnknown } from '@checkout/sql';
import { aBasket, acme, aHash, anOffer, aStore, decideOn, leeds, newCommandId, noon, rowsOf, soap, tea, till } from '../testing.ts';
import type { AcceptCheckout, Acceptance } from './accept-checkout.ts';
import { isExercise } from '../domain/exercise.ts';
import { FrontDoor, type FrontDoorOptions } from './front-door.ts';
import type { Effect, Inputs, Rows } from './ports.ts';
import { RecentCheckouts } from './recent-checkouts.ts';
import { Unaccepted } from '../domain/unaccepted.ts';

const down = new DependencyUnavailable('cart/accept', 3_000, { incidentId: 'i-1' });
const commitUnknown = new CommitUnknown('cart/accept');
const busDown = new DependencyUnavailable('service-bus/checkout-requests', 1_000);
const sendUnknown = new SendUnknown('checkout-requests');
const asking = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', authorization: 'Bearer x' };

/** The two routes and what stands beside them, each failing as it is told. */
class Door {
  readonly rows: Rows = rowsOf({ stores: [aStore()], products: [tea, soap] });
  readonly sent: { request: checkout.CheckoutRequested['body']; id: string }[] = [];
  readonly stored: string[] = [];
  readonly effects: Effect[] = [];
  readonly recent = new RecentCheckouts();
  database: Error | 'silent' | 'in-doubt-once' | 'committed-silently' | undefined;
  bus: Error | undefined;
  book: http.SaleView | 'none' | 'unreachable' = 'none';
  kept: Rows | undefined = rowsOf({ stores: [aStore()], products: [tea, soap] });
  busShare = 0;

  accept(command: AcceptCheckout): Promise<Acceptance> {
    const inputs = {
      submit: (handler: never, message: AcceptCheckout, about: { id: string }) => {
        if (this.database === 'silent') return new Promise(() => {});
        if (this.database instanceof Error) return Promise.reject(this.database);
        this.stored.push(about.id);
        const decide = (now: number) => decideOn(this.rows, handler, message, { id: about.id, now });
        // The commit went through unanswered, so the pipeline decides again on what is there now.
        if (this.database !== undefined) decide(noon + 1);
        if (this.database === 'committed-silently') return new Promise(() => {});
        const { answer, effects = [] } = decide(noon + 2);
        this.effects.push(...effects);
        return Promise.resolve(answer);
      },
    } as unknown as Inputs;
    const options: FrontDoorOptions = {
      inputs, recent: this.recent, busShare: this.busShare, patienceMs: 50,
      requests: {
        send: (request, id) => {
          if (this.bus) return Promise.reject(this.bus);
          this.sent.push({ request: request.body, id });
          return Promise.resolve();
        },
      },
      rows: { read: () => (this.database instanceof Error ? Promise.reject(this.database) : Promise.resolve(this.rows)) },
      kept: { seen: () => {}, rowsFor: () => this.kept && { rows: this.kept, snapshotAt: noon } },
      book: { find: () => Promise.resolve(this.book) },
    };
    return new FrontDoor(options).accept(command, asking);
  }
}

const commandOf = (offer: http.CheckoutBody = anOffer(), commandId: CommandId = newCommandId(), asked = 'asked'): AcceptCheckout =>
  ({ type: 'cart.accept-checkout', body: { tenantId: acme, storeId: leeds, tillId: till, commandId, bodyHash: aHash(asked), offer } });
const unaccepted = async (answer: Promise<Acceptance>): Promise<boolean> => {
  const error: unknown = await answer.catch((thrown: unknown) => thrown);
  if (!(error instanceof Unaccepted)) throw new Error('was accepted', { cause: error });
  return error.isKnown;
};

let door: Door;
beforeEach(() => {
  door = new Door();
});

describe('a checkout', () => {
  it('goes into the database while that is well', async () => {
    expect(await door.accept(commandOf())).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'sql' } });
    expect([door.stored.length, door.sent.length]).toEqual([1, 0]);
  });

  it.each([['is down', down], ['may have committed', commitUnknown], ['says nothing', 'silent' as const]])('goes onto the bus when the database %s, priced from the copy of the catalogue', async (_, fault) => {
    door.database = fault;
    const command = commandOf();
    expect(await door.accept(command)).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'bus', pricedAt: noon } });
    expect(door.sent).toMatchObject([{ request: { commandId: command.body.commandId, saleId: saleIdOf(acme, command.body.commandId), acceptedVia: 'bus', pricedFrom: { snapshotAt: new Date(noon).toISOString() }, requestHash: aHash('asked') } }]);
  });

  it('has the same id by both routes, so that both are one', async () => {
    const command = commandOf();
    await door.accept(command);
    door = Object.assign(new Door(), { database: down, stored: door.stored });
    await door.accept(command);
    expect(door.sent[0]?.id).toBe(door.stored[0]);
  });

  it.each([
    ['both are down', down, busDown, true],
    ['the send is in doubt', down, sendUnknown, false],
    ['the commit is in doubt', commitUnknown, busDown, false],
    ['both are in doubt', commitUnknown, sendUnknown, false],
    ['the database is silent and the bus down', 'silent' as const, busDown, false],
  ])('is not accepted when %s, and whether that is certain is told', async (_, database, bus, isKnown) => {
    Object.assign(door, { database, bus });
    expect(await unaccepted(door.accept(commandOf()))).toBe(isKnown);
  });

  it('once in doubt stays so, until a route takes it: a later try is not told that nothing happened', async () => {
    const command = commandOf();
    Object.assign(door, { database: commitUnknown, bus: sendUnknown });
    await unaccepted(door.accept(command));
    Object.assign(door, { database: down, bus: busDown });
    expect(await unaccepted(door.accept(command))).toBe(false);
    door.bus = undefined;
    expect(await door.accept(command)).toMatchObject({ kind: 'accepted' });
  });

  it('is not accepted without prices', async () => {
    Object.assign(door, { database: down, kept: undefined });
    expect(await unaccepted(door.accept(commandOf()))).toBe(true);
    expect(door.sent).toEqual([]);
  });

  it('is not refused on old prices: nobody can say whether the catalogue agrees', async () => {
    door.database = down;
    expect(await unaccepted(door.accept(commandOf(anOffer({ totalMinor: 600 }))))).toBe(true);
  });

  it('is refused for what no catalogue could change', async () => {
    door.database = down;
    const offer = anOffer({ tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 500 }] });
    expect(await door.accept(commandOf(offer))).toMatchObject({ kind: 'refused', code: 'tender-mismatch' });
  });

  it('is not refused while the database may have accepted it', async () => {
    door.database = commitUnknown;
    expect(await unaccepted(door.accept(commandOf(anOffer({ tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 500 }] }))))).toBe(false);
  });

  it('of a basket is sold over the bus at the prices of its scans, which no copy is needed for', async () => {
    const basket = aBasket();
    Object.assign(door, { database: down, kept: rowsOf({ stores: [aStore()], baskets: [basket] }) });
    await door.accept(commandOf(anOffer({ basketId: basket.basketId })));
    expect(door.sent).toMatchObject([{ request: { basketId: basket.basketId } }]);
    expect(door.sent[0]?.request.pricedFrom).toBeUndefined();
  });

  it('that was a defect is not sent elsewhere', async () => {
    door.database = new Error('defect');
    await expect(door.accept(commandOf())).rejects.toThrow('defect');
    expect(door.sent).toEqual([]);
  });
});

describe('the same command again', () => {
  it.each([['sent and not yet back in the database', undefined], ['sent while the database is down', down]])('is refused when it asks for something else, also if the first was %s', async (_, database) => {
    const first = commandOf();
    door.database = down;
    await door.accept(first);
    door.database = database;
    const other = commandOf(anOffer({ lines: [{ sku: soap.sku, quantity: 1 }], totalMinor: 450 }), first.body.commandId, 'other');
    expect(await door.accept(other)).toMatchObject({ kind: 'refused', code: 'idempotency-key-reused' });
    expect([door.stored.length, door.sent.length]).toEqual([0, 1]);
  });

  it('is told how it stands, in an outage too', async () => {
    const command = commandOf();
    door.database = down;
    await door.accept(command);
    expect(await door.accept(command)).toMatchObject({ kind: 'replayed', checkout: { acceptedVia: 'bus' } });
    expect(door.sent).toHaveLength(1);
  });

  it('is told what the orchestrator knows of it, when another process accepted it', async () => {
    const command = commandOf();
    const { commandId } = command.body;
    door.database = down;
    door.book = {
      saleId: saleIdOf(acme, commandId), commandId, storeId: leeds, tillId: till, currency: 'GBP', totalMinor: 598, phase: 'completed', acceptedVia: 'sql', requestHash: aHash('asked'),
      requestedAt: new Date(noon).toISOString(), receiptNumber: 'S-000001', changeMinor: 0, endedAt: new Date(noon + 1_000).toISOString(),
    };
    expect(await door.accept(command)).toMatchObject({ kind: 'replayed', checkout: { ending: { state: 'completed', receiptNumber: 'S-000001' } } });
    expect(await door.accept(commandOf(anOffer(), commandId, 'other'))).toMatchObject({ kind: 'refused', code: 'idempotency-key-reused' });
    expect(door.sent).toEqual([]);
  });

  it('sent many times at once is one message, and one of them was first', async () => {
    const command = commandOf();
    door.database = down;
    const answers = await Promise.all(Array.from({ length: 20 }, () => door.accept(command)));
    expect(answers.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(door.sent).toHaveLength(1);
  });
});

describe('a first request whose own commit was in doubt', () => {
  it('is told that it was accepted, not that an earlier one was; and only the next is a repeat', async () => {
    const command = commandOf();
    door.database = 'in-doubt-once';
    expect(await door.accept(command)).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'sql', acceptedAt: noon + 1 } });
    expect(door.effects).toMatchObject([{ kind: 'accepted', checkout: { commandId: command.body.commandId } }]);
    door.database = undefined;
    expect(await door.accept(command)).toMatchObject({ kind: 'replayed' });
    expect(door.effects).toHaveLength(1);
  });

  it('is told so also when it is the orchestrator who knows of the sale', async () => {
    const command = commandOf();
    const { commandId } = command.body;
    door.database = 'committed-silently';
    const sale: http.SaleView = {
      saleId: saleIdOf(acme, commandId), commandId, storeId: leeds, tillId: till, currency: 'GBP', totalMinor: 598, phase: 'forward', acceptedVia: 'sql', requestHash: aHash('asked'),
      requestedAt: new Date(noon + 1).toISOString(),
    };
    door.book = sale;
    expect(await door.accept(command)).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'sql' } });
    expect(await door.accept(command)).toMatchObject({ kind: 'replayed' });
  });
});

describe('healthy traffic', () => {
  it('takes the bus route in its share, always the same commands, and never with a basket', () => {
    const commands = Array.from({ length: 20_000 }, () => commandOf().body);
    const taken = commands.filter((body) => isExercise(body, 0.01));
    expect(taken.length).toBeGreaterThan(100);
    expect(taken.length).toBeLessThan(320);
    expect(taken.every((body) => isExercise(body, 0.01) && !isExercise({ ...body, offer: anOffer({ basketId: aBasket().basketId }) }, 1))).toBe(true);
    expect(commands.some((body) => isExercise(body, 0))).toBe(false);
  });

  it('on the bus is priced from the catalogue, and asks for nothing twice', async () => {
    door.busShare = 1;
    const command = commandOf();
    const answer = await door.accept(command);
    expect(answer).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'bus' } });
    expect(door.sent[0]?.request.pricedFrom).toBeUndefined();
    expect(door.stored).toEqual([]);
  });

  it('on the bus goes into the database when the bus does not take it', async () => {
    Object.assign(door, { busShare: 1, bus: busDown });
    expect(await door.accept(commandOf())).toMatchObject({ kind: 'accepted', checkout: { acceptedVia: 'sql' } });
  });

  it('on the bus is refused as everywhere', async () => {
    door.busShare = 1;
    expect(await door.accept(commandOf(anOffer({ totalMinor: 600 })))).toMatchObject({ kind: 'refused', code: 'total-mismatch' });
  });
});
