import type { Message } from 'rhea';
import type { Broker } from '../broker.ts';
import type { Faults } from '../fault/faults.ts';
import { condition, Refusal } from '../errors.ts';
import type { SasCheck } from '../sas.ts';
import type { Claims } from './claims.ts';
import { acceptAttach, addressOf, type AnyLink, type Receiver, type Sender } from './rhea-link.ts';

/** The client has up to this many put-tokens under way. */
const REQUEST_CREDIT = 100;

/**
 * Claims-based security (specification §2). What matters is that a missing entity is refused here, where the
 * SDK looks for it: refused at the attach only, a sender would retry for a minute.
 */
export function serveClaims(link: AnyLink, broker: Broker, faults: Faults, sas: SasCheck, claims: Claims): void {
  serveRequests(link, (request) => {
    const audience = String(request.application_properties?.['name'] ?? '');
    try {
      const { path } = broker.resolve(audience.replace(/\/\$management$/i, ''));
      const checked = sas.check(String(request.body ?? ''), String(request.application_properties?.['type'] ?? ''), audience);
      if (faults.strike('refuse-auth', path)) throw new Refusal(condition.unauthorized, `The token for '${audience}' is not accepted (fault injected).`);
      if (faults.strike('lose-auth', path)) return undefined;
      claims.put(path, checked);
      return { application_properties: { 'status-code': 202, 'status-description': 'Accepted' } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { application_properties: { 'status-code': error.condition === condition.unauthorized ? 401 : 404, 'status-description': error.message } };
    }
  });
}

export type Response = Partial<Message>;

/** A request/response pair: both links are on one AMQP session, and responses go out settled (specification §3). What has no answer is lost (fault injected). */
export function serveRequests(link: AnyLink, answer: (request: Message) => Response | undefined | Promise<Response | undefined>): void {
  acceptAttach(link);
  if (!link.is_receiver()) {
    (link as unknown as { local: { attach: { snd_settle_mode: number } } }).local.attach.snd_settle_mode = 1;
    return;
  }
  const requests = link as Receiver;
  const address = addressOf(requests.target);
  requests.add_credit(REQUEST_CREDIT);
  requests.on('message', ({ message, delivery }) => {
    delivery?.accept();
    requests.add_credit(1);
    if (!message) return;
    const respond = (response: Response | undefined): void => {
      if (!response) return;
      const responses = responseLink(requests, address);
      responses?.send({ ...response, correlation_id: message.message_id, ...(message.reply_to ? { to: message.reply_to } : {}) } as Message);
    };
    const response = answer(message);
    if (response instanceof Promise) void response.then(respond);
    else respond(response);
  });
}

function responseLink(requests: Receiver, address: string | undefined): Sender | undefined {
  const found = requests.session.find_sender((candidate: Sender) => addressOf(candidate.source) === address);
  return found?.is_open() ? found : undefined;
}
