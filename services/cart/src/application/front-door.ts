import type { checkout as contract } from '@checkout/contracts';
import { assert, saleIdOf } from '@checkout/kernel';
import { SendUnknown } from '@checkout/messaging';
import { DeadlineExceeded, DependencyUnavailable } from '@checkout/resilience';
import { CommitUnknown } from '@checkout/sql';
import type { Checkout } from '../domain/checkout.ts';
import { isRefusal, refusal, type Refusal } from '../domain/refusal.ts';
import { acceptCheckout, acceptIdOf, again, type AcceptCheckout, type Acceptance } from './accept-checkout.ts';
import { OwnTries } from './own-tries.ts';
import type { RecentCheckouts } from './recent-checkouts.ts';
import { isExercise } from '../domain/exercise.ts';
import type { Inputs, KeptRows, RequestRoute, Rows, RowsReader, SaleBook } from './ports.ts';
import { checkoutOfSale } from '../domain/sale-of-book.ts';
import { Unaccepted } from '../domain/unaccepted.ts';

/** Who asks, beside the command. */
export interface Asking {
  readonly traceparent: string;
  /** Passed on to the orchestrator, so that it decides for itself what this caller may see. */
  readonly authorization: string;
}

export interface FrontDoorOptions {
  /** The route through the database and its outbox. */
  readonly inputs: Inputs;
  /** The route straight onto the bus. */
  readonly requests: RequestRoute;
  readonly rows: RowsReader;
  readonly kept: KeptRows;
  readonly book: SaleBook;
  readonly recent: RecentCheckouts;
  /** 0 to 1: how much of healthy traffic takes the bus route. */
  readonly busShare: number;
  /** How long the database may take before the bus is asked instead. */
  readonly patienceMs?: number;
  readonly onFallback?: (command: AcceptCheckout, error: unknown) => void;
}

/** Longer than one unit of work may take (550 ms), shorter than two: a till waits three seconds, and the bus needs its part of them. */
const defaultPatienceMs = 800;
/** In an outage the orchestrator is asked first whether the command has sold already. It need not answer for the sale to be accepted. */
const bookMs = 250;

/** The database did not take the command. `isKnown`: it is certain that it did not. */
interface Failure {
  readonly error: unknown;
  readonly isKnown: boolean;
}

/**
 * Accepts a checkout by whichever route there is: through the database, whose outbox sends it when the bus is there; or straight onto the bus,
 * when the database is not. What one route may have done already the other does again, under the same ids, and both meet in one sale.
 *
 * Nothing is ever accepted in memory. When no route has taken the command for certain, the caller is told so, and whether one may have.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** @throws Unaccepted */
  async accept(command: AcceptCheckout, asking: Asking): Promise<Acceptance> {
    const { body } = command;
    this.#options.kept.seen(body.tenantId);
    // Its row may not be there yet, and the database would take another request for the first.
    const earlier = this.#options.recent.of(body.tenantId, body.commandId);
    if (earlier?.bodyHash !== undefined && earlier.bodyHash !== body.bodyHash) return again(earlier, body);

    const own = new OwnTries();
    if (isExercise(body, this.#options.busShare)) {
      const exercised = await this.#exercise(command, asking, own);
      if (exercised) return exercised;
    }
    const stored = await this.#store(command, asking, own);
    if (!('isKnown' in stored)) return stored;
    this.#options.onFallback?.(command, stored.error);
    try {
      return own.judged(await this.#sendInstead(command, asking, stored, earlier, own));
    } catch (error) {
      throw error instanceof Unaccepted ? this.#honest(error, body) : error;
    }
  }

  /** What is certain of this try is not certain of the command, when an earlier try may have been accepted. */
  #honest(error: Unaccepted, { tenantId, commandId }: AcceptCheckout['body']): Unaccepted {
    const { recent } = this.#options;
    if (!error.isKnown) recent.doubt(tenantId, commandId);
    return error.isKnown && recent.isInDoubt(tenantId, commandId) ? new Unaccepted(false, ...error.why) : error;
  }

  async #store(command: AcceptCheckout, { traceparent }: Asking, own: OwnTries): Promise<Acceptance | Failure> {
    const { tenantId, storeId, commandId } = command.body;
    const about = { id: acceptIdOf(command.body), tenantId, storeId, saleId: saleIdOf(tenantId, commandId), traceparent };
    try {
      return await inTime(this.#options.inputs.submit(own.handler, command, about), this.#options.patienceMs ?? defaultPatienceMs);
    } catch (error) {
      if (error instanceof DependencyUnavailable) return { error, isKnown: true };
      if (error instanceof CommitUnknown || error instanceof DeadlineExceeded) return { error, isKnown: false };
      throw error;
    }
  }

  /** A part of healthy traffic takes the bus route, so that it is known to work on the day that it is needed. @returns nothing when it does not. */
  async #exercise(command: AcceptCheckout, asking: Asking, own: OwnTries): Promise<Acceptance | undefined> {
    try {
      const rows = await this.#options.rows.read(command.body.tenantId, acceptCheckout.needs(command));
      return await this.#send(command, asking, rows, own);
    } catch (error) {
      if (isOutage(error)) return undefined;
      throw error;
    }
  }

  async #sendInstead(command: AcceptCheckout, asking: Asking, failure: Failure, earlier: Checkout | undefined, own: OwnTries): Promise<Acceptance> {
    const { tenantId, commandId, offer } = command.body;
    if (earlier?.ending) return again(earlier, command.body);
    const sale = await this.#options.book.find(saleIdOf(tenantId, commandId), asking.authorization, bookMs);
    if (typeof sale === 'object') return again(checkoutOfSale(tenantId, sale), command.body);
    if (earlier) return again(earlier, command.body);

    const kept = this.#options.kept.rowsFor(tenantId, acceptCheckout.needs(command));
    if (!kept) throw new Unaccepted(failure.isKnown, failure.error, 'There is no copy of the catalogue to take prices from.');
    try {
      // Lines of a basket were priced when they were scanned.
      const acceptance = await this.#send(command, asking, kept.rows, own, offer.lines ? kept.snapshotAt : undefined);
      if (!isRefusal(acceptance) || acceptance.code === 'idempotency-key-reused') return acceptance;
      if (failure.isKnown && !isOfCatalogue(acceptance)) return acceptance;
      // What is refused on old rows the database may have accepted, or would.
      throw new Unaccepted(failure.isKnown, failure.error, `By the copy of the catalogue of ${new Date(kept.snapshotAt).toISOString()}: ${acceptance.detail}`);
    } catch (error) {
      if (!isOutage(error)) throw error;
      throw new Unaccepted(failure.isKnown && !(error instanceof SendUnknown), failure.error, 'The bus has not taken it either.', error);
    }
  }

  /** @throws SendUnknown, DependencyUnavailable */
  async #send(command: AcceptCheckout, { traceparent }: Asking, rows: Rows, own: OwnTries, snapshotAt?: number): Promise<Acceptance> {
    const { body } = command;
    const now = Date.now();
    const id = acceptIdOf(body);
    const envelope = { id, source: '/services/cart', type: command.type, time: new Date(now).toISOString(), tenantId: body.tenantId, storeId: body.storeId, traceparent };
    const { answer, messages = [] } = acceptCheckout.decide(rows, { message: command, envelope, now });
    assert(answer, 'a checkout is always answered');
    if (answer.kind !== 'accepted') return answer;

    const [request] = messages as readonly contract.CheckoutRequested[];
    assert(request, 'an accepted checkout asks for its sale');
    const pricedFrom = snapshotAt === undefined ? {} : { pricedFrom: { snapshotAt: new Date(snapshotAt).toISOString() } };
    const accepted: Checkout & { bodyHash: string } = { ...answer.checkout, bodyHash: body.bodyHash, acceptedVia: 'bus', ...(snapshotAt !== undefined && { pricedAt: snapshotAt }) };
    const sent = await this.#options.recent.once(accepted, () => {
      own.tried(accepted);
      return this.#options.requests.send({ ...request, body: { ...request.body, acceptedVia: 'bus', ...pricedFrom } }, id, traceparent);
    });
    if (!sent) return otherUnderWay;
    return { kind: sent.isFirst ? 'accepted' : 'replayed', checkout: sent.checkout };
  }
}

const otherUnderWay: Refusal = refusal('idempotency-key-reused', 'Another request with this command id is being handled.');

const isOutage = (error: unknown): boolean => error instanceof DependencyUnavailable || error instanceof SendUnknown;

/** Refusals that newer rows might not have led to. */
const ofCatalogue: ReadonlySet<Refusal['code']> = new Set(['store-unknown', 'sku-unknown', 'basket-unknown', 'basket-closed', 'basket-empty', 'currency-mismatch', 'total-mismatch']);
const isOfCatalogue = ({ code }: Refusal): boolean => ofCatalogue.has(code);

/** Stops waiting, not the work: what it does later it does under the same ids. @throws DeadlineExceeded */
function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceeded(limitMs)), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
