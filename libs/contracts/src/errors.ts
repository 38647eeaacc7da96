/**
 * Every error that a caller can be told, and every end that a sale can have, in one place and in the words that a till shows.
 *
 * Append-only: a code never changes its status or its meaning and never goes away, because tills in the field, dashboards and runbooks
 * match on it; `errors.spec.ts` holds it to what was published. `docs/errors.md` is generated from here. A language is added by adding a
 * member to {@link languages}; the compiler then asks for every text.
 */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** What happened, and what the person at the till, or the caller's developer, should do. */
export interface Words {
  readonly title: string;
  readonly action: string;
}
export type Texts = Readonly<Record<Language, Words>>;

export interface CodeMeaning {
  readonly status: number;
  /** The same request may succeed later, unchanged and under the same idempotency key. */
  readonly retryable: boolean;
  /** What holds unless the thrower knows better. */
  readonly outcome: 'not_accepted' | 'accepted' | 'unknown';
  readonly moneyMoved: 'no' | 'yes' | 'unknown';
  readonly texts: Texts;
}

const action = {
  fix: ['Correct the request and send it again.', 'Die Anfrage berichtigen und noch einmal senden.'],
  again: ['Send the same request again, with the same idempotency key.', 'Dieselbe Anfrage noch einmal senden, mit demselben Schlüssel (Idempotency-Key).'],
  support: ['Do not charge again. Look the sale up, and call support with the trace id.', 'Nicht noch einmal kassieren. Den Verkauf nachschlagen und mit der Trace-Id den Support anrufen.'],
  signIn: ['Sign the till in again.', 'Die Kasse neu anmelden.'],
  key: ['Send the command id that the till made and kept.', 'Die Kommando-Id senden, die die Kasse gebildet und gespeichert hat.'],
  wait: ['Wait as long as Retry-After says, then send the same request again.', 'So lange warten, wie Retry-After sagt, dann dieselbe Anfrage noch einmal senden.'],
  reprice: ['Price the basket again and show the customer the new total.', 'Den Korb neu berechnen und dem Kunden die neue Summe zeigen.'],
  newBasket: ['Open a new basket.', 'Einen neuen Korb öffnen.'],
} as const;
type Both = readonly [en: string, de: string];

const texts = (title: Both, what: Both): Texts => ({ en: { title: title[0], action: what[0] }, de: { title: title[1], action: what[1] } });
const no = (status: number, title: Both, what: Both = action.fix): CodeMeaning => ({ status, retryable: false, outcome: 'not_accepted', moneyMoved: 'no', texts: texts(title, what) });
const later = (status: number, title: Both, what: Both = action.again): CodeMeaning => ({ ...no(status, title, what), retryable: true });
/** Of these nobody can say that nothing happened. */
const unknown = (status: number, title: Both, what: Both): CodeMeaning => ({ ...later(status, title, what), outcome: 'unknown', moneyMoved: 'unknown' });

export const codes = {
  'json-invalid': no(400, ['The body is not valid JSON', 'Der Inhalt ist kein gültiges JSON']),
  'json-too-deep': no(400, ['The JSON is nested too deeply', 'Das JSON ist zu tief geschachtelt']),
  'json-duplicate-key': no(400, ['The JSON names one member twice', 'Das JSON nennt ein Feld zweimal']),
  'json-number-invalid': no(400, ['The JSON holds a number that cannot be kept exactly', 'Das JSON enthält eine Zahl, die nicht genau gespeichert werden kann']),
  'charset-invalid': no(400, ['The body is not valid UTF-8', 'Der Inhalt ist kein gültiges UTF-8']),
  'body-missing': no(400, ['The body is missing', 'Der Inhalt fehlt']),
  'body-too-large': no(413, ['The body is too large', 'Der Inhalt ist zu groß']),
  'body-truncated': later(400, ['The body ended early', 'Der Inhalt ist abgeschnitten']),
  'schema-violation': no(422, ['The request does not have the required form', 'Die Anfrage hat nicht die verlangte Form']),
  'unknown-field': no(422, ['The request has a field that is not known', 'Die Anfrage hat ein unbekanntes Feld']),
  'media-type-unsupported': no(415, ['The media type is not supported', 'Der Medientyp wird nicht unterstützt'], ['Send application/json in UTF-8.', 'application/json in UTF-8 senden.']),
  'not-acceptable': no(406, ['The answer cannot be given in an accepted media type', 'Die Antwort gibt es in keinem der angenommenen Medientypen'], ['Accept application/json.', 'application/json annehmen (Accept).']),
  'encoding-unsupported': no(415, ['The content encoding is not supported', 'Die Kodierung des Inhalts wird nicht unterstützt'], ['Send the body uncompressed.', 'Den Inhalt unkomprimiert senden.']),
  'method-not-allowed': no(405, ['The resource does not have this method', 'Diese Adresse kennt die Methode nicht']),
  'not-found': no(404, ['There is nothing here', 'Hier gibt es nichts'], ['Check the address and the id.', 'Adresse und Id prüfen.']),
  'uri-too-long': no(414, ['The address is too long', 'Die Adresse ist zu lang']),
  'headers-too-large': no(431, ['The headers are too large', 'Die Kopfzeilen sind zu groß']),
  'header-invalid': no(400, ['A header is malformed', 'Eine Kopfzeile ist fehlerhaft']),
  'host-invalid': no(400, ['The host is not one of ours', 'Der Host ist keiner von unseren']),
  'request-timeout': later(408, ['The request did not arrive in time', 'Die Anfrage kam nicht rechtzeitig an']),
  'expectation-failed': no(417, ['The expectation cannot be met', 'Die Erwartung (Expect) kann nicht erfüllt werden']),
  'protocol-error': no(400, ['The request is not valid HTTP', 'Die Anfrage ist kein gültiges HTTP']),
  'idempotency-key-missing': no(400, ['The idempotency key is missing', 'Der Schlüssel (Idempotency-Key) fehlt'], action.key),
  'idempotency-key-invalid': no(400, ['The idempotency key is malformed', 'Der Schlüssel (Idempotency-Key) ist fehlerhaft'], action.key),
  'idempotency-key-reused': no(409, ['The idempotency key was used for another request', 'Der Schlüssel wurde schon für eine andere Anfrage benutzt'],
    ['Look the first sale up before starting a new one under a new key.', 'Erst den ersten Verkauf nachschlagen, dann unter neuem Schlüssel neu beginnen.']),
  'idempotency-in-progress': later(409, ['A request with this key is being handled', 'Eine Anfrage mit diesem Schlüssel wird gerade bearbeitet']),
  'money-invalid': no(422, ['An amount is malformed', 'Ein Betrag ist fehlerhaft'], ['Send whole minor units.', 'Ganze kleinste Einheiten (Cent) senden.']),
  'money-overflow': no(422, ['An amount is too large', 'Ein Betrag ist zu groß']),
  'currency-invalid': no(422, ['The currency is not known', 'Die Währung ist nicht bekannt']),
  'currency-mismatch': no(422, ['The currencies differ', 'Die Währungen sind verschieden']),
  'total-mismatch': no(422, ['The total is not what the lines add up to', 'Die Summe ist nicht die der Zeilen'], action.reprice),
  'quantity-invalid': no(422, ['A quantity is out of range', 'Eine Menge ist außerhalb der Grenzen']),
  'line-limit': no(422, ['The basket has too few or too many lines', 'Der Korb hat zu wenige oder zu viele Zeilen'], ['Split the sale.', 'Den Verkauf aufteilen.']),
  'sku-unknown': no(422, ['A product is not in the catalogue', 'Ein Artikel ist nicht im Sortiment'], ['Remove the product or reload the catalogue.', 'Den Artikel entfernen oder das Sortiment neu laden.']),
  'price-changed': no(422, ['A price has changed', 'Ein Preis hat sich geändert'], action.reprice),
  'tender-unsupported': no(422, ['A means of payment is not supported', 'Eine Zahlungsart wird nicht unterstützt'], ['Ask for another means of payment.', 'Um eine andere Zahlungsart bitten.']),
  'tender-mismatch': no(422, ['The payments do not add up to the total', 'Die Zahlungen ergeben nicht die Summe']),
  'pan-detected': no(422, ['The request holds a card number', 'Die Anfrage enthält eine Kartennummer'],
    ['Never send card numbers. Send the token that the card reader made.', 'Niemals Kartennummern senden. Das Token des Kartenlesers senden.']),
  'offline-limit-exceeded': no(422, ['The offline sale is above the limit', 'Der Offline-Verkauf liegt über der Grenze']),
  'clock-implausible': no(422, ['The time is not plausible', 'Die Uhrzeit ist nicht glaubhaft'], ['Check the clock of the till.', 'Die Uhr der Kasse prüfen.']),
  'till-sequence-repeated': no(409, ['The till has used this sequence number', 'Die Kasse hat diese laufende Nummer schon benutzt'],
    ['Look the first sale up before starting a new one.', 'Erst den ersten Verkauf nachschlagen, dann neu beginnen.']),
  'store-mismatch': no(403, ['The caller may not act for this store', 'Der Aufrufer darf für diese Filiale nicht handeln'], action.signIn),
  'sale-state-conflict': no(409, ['The state of the sale does not allow this', 'Der Stand des Verkaufs lässt das nicht zu'], ['Look the sale up.', 'Den Verkauf nachschlagen.']),
  'refund-exceeds-sale': no(422, ['The refund is more than what is left of the sale', 'Die Erstattung ist mehr, als vom Verkauf übrig ist']),
  'refund-too-large': no(422, ['The refund has too many lines', 'Die Erstattung hat zu viele Zeilen'], ['Refund the lines in parts.', 'Die Zeilen in Teilen erstatten.']),
  'refund-sale-unknown': no(404, ['There is no such sale to refund', 'Diesen Verkauf zum Erstatten gibt es nicht'], ['Check the number on the receipt.', 'Die Nummer auf dem Beleg prüfen.']),
  'refund-sale-not-completed': no(409, ['The sale is not completed', 'Der Verkauf ist nicht abgeschlossen'],
    ['Look the sale up. It can be refunded when its receipt is there.', 'Den Verkauf nachschlagen. Er kann erstattet werden, wenn sein Beleg da ist.']),
  'refund-other-store': no(422, ['The sale was made in another store', 'Verkauft wurde in einer anderen Filiale'],
    ['Refund the sale in the store that made it.', 'Den Verkauf in der Filiale erstatten, die ihn gemacht hat.']),
  'refund-window-closed': no(422, ['The sale is too old to be refunded', 'Der Verkauf ist zu alt für eine Erstattung'],
    ['Call the manager. The till cannot refund this sale any more.', 'Die Leitung rufen. Die Kasse kann diesen Verkauf nicht mehr erstatten.']),
  'refund-line-unknown': no(422, ['The receipt has no such line', 'Diese Zeile gibt es auf dem Beleg nicht']),
  'refund-total-mismatch': no(422, ['The amount is not what the returned articles come to', 'Der Betrag ist nicht der der zurückgegebenen Artikel'],
    ['Look the receipt up again and tell the customer the new amount.', 'Den Beleg neu laden und dem Kunden den neuen Betrag nennen.']),
  'auth-missing': no(401, ['No credentials', 'Keine Anmeldung'], action.signIn),
  'auth-invalid': no(401, ['The credentials are not accepted', 'Die Anmeldung wird nicht angenommen'], action.signIn),
  'auth-expired': no(401, ['The credentials have expired', 'Die Anmeldung ist abgelaufen'], action.signIn),
  'auth-not-yet-valid': no(401, ['The credentials are not valid yet', 'Die Anmeldung gilt noch nicht'], ['Check the clock, then sign the till in again.', 'Die Uhr prüfen, dann die Kasse neu anmelden.']),
  'scope-missing': no(403, ['The caller may not do this', 'Der Aufrufer darf das nicht'], ['Ask an administrator for the permission.', 'Die Berechtigung bei der Verwaltung anfragen.']),
  'tenant-suspended': no(403, ['The account is suspended', 'Das Konto ist gesperrt'], ['Call support.', 'Den Support anrufen.']),
  'webhook-signature-invalid': no(401, ['The signature is not right', 'Die Unterschrift stimmt nicht']),
  'webhook-timestamp-stale': no(401, ['The signature is too old', 'Die Unterschrift ist zu alt']),
  'webhook-target-forbidden': no(422, ['The address may not be called', 'Die Adresse darf nicht aufgerufen werden']),
  'cursor-invalid': no(400, ['The cursor is not valid', 'Die Fortsetzungsmarke ist ungültig'], ['Start from the first page.', 'Mit der ersten Seite beginnen.']),
  'replay-forbidden': no(403, ['The message may not be replayed', 'Die Nachricht darf nicht erneut zugestellt werden']),
  'version-unsupported': no(400, ['The version is not supported', 'Die Version wird nicht unterstützt']),
  'rate-limited': later(429, ['Too many requests', 'Zu viele Anfragen'], action.wait),
  overloaded: later(503, ['The service is at its limit', 'Der Dienst ist ausgelastet'], action.wait),
  'dependency-unavailable': later(503, ['A part of the service is down', 'Ein Teil des Dienstes ist ausgefallen'],
    ['Nothing was accepted. Keep the sale at the till and send it again under the same key.', 'Nichts wurde angenommen. Den Verkauf an der Kasse behalten und unter demselben Schlüssel noch einmal senden.']),
  'accept-unknown': unknown(503, ['It is not known whether the request was accepted', 'Es ist nicht bekannt, ob die Anfrage angenommen wurde'],
    ['Do not charge again. Send the same request again, with the same idempotency key.', 'Nicht noch einmal kassieren. Dieselbe Anfrage noch einmal senden, mit demselben Schlüssel (Idempotency-Key).']),
  internal: unknown(500, ['Something went wrong on our side', 'Bei uns ist etwas schiefgegangen'], action.support),
  'store-unknown': no(422, ['The store is not set up', 'Die Filiale ist nicht eingerichtet'],
    ['Set the store up first, or sign the till in at its own store.', 'Erst die Filiale einrichten oder die Kasse in ihrer eigenen Filiale anmelden.']),
  'basket-closed': no(409, ['The basket has been checked out', 'Der Korb ist schon an der Kasse'], action.newBasket),
  'basket-empty': no(422, ['The basket is empty', 'Der Korb ist leer']),
  'basket-unknown': no(404, ['There is no such basket', 'Diesen Korb gibt es nicht'], action.newBasket),
  'line-unknown': no(404, ['The basket has no such line', 'Diese Zeile gibt es im Korb nicht']),
  'barcode-taken': no(422, ['The barcode belongs to another product', 'Der Strichcode gehört zu einem anderen Artikel']),
  'product-repeated': no(422, ['The page names one product twice', 'Die Seite nennt einen Artikel zweimal']),
  // The dead-letter desk.
  'plan-unknown': no(404, ['There is no such plan', 'Diesen Plan gibt es nicht'], ['Look among the plans that you may see.', 'Unter den eigenen Plänen nachsehen.']),
  'selection-empty': no(422, ['The selection names nothing', 'Die Auswahl nennt nichts'], ['Give a signature, a filter or sequence numbers.', 'Eine Signatur, einen Filter oder laufende Nummern angeben.']),
  'nothing-selected': no(422, ['No dead letter fits the selection', 'Keine unzustellbare Nachricht passt zur Auswahl'], ['Widen the selection.', 'Die Auswahl erweitern.']),
  'selection-spans-subscriptions': no(422, ['The selection has dead letters of several subscriptions', 'Die Auswahl betrifft mehrere Abonnements'],
    ['Add topic and subscription: a plan is for one.', 'Topic und Abonnement angeben: Ein Plan gilt für eines.']),
  'selection-too-large': no(422, ['The selection is larger than a plan may be', 'Die Auswahl ist größer, als ein Plan sein darf'], ['Make several plans.', 'Mehrere Pläne machen.']),
  'rule-invalid': no(422, ['The patch rule cannot be used', 'Die Änderungsregel ist nicht verwendbar'], ['Change what is not locked.', 'Nur ändern, was nicht gesperrt ist.']),
  'rule-breaks-contract': no(422, ['After the patch the message is not what its contract says', 'Nach der Änderung entspricht die Nachricht nicht ihrem Vertrag']),
  'reason-missing': no(422, ['The reason is missing', 'Die Begründung fehlt'], ['Say why.', 'Den Grund nennen.']),
  'plan-expired': no(409, ['The plan is too old', 'Der Plan ist zu alt'], ['Make a new plan of what is there now.', 'Einen neuen Plan machen, von dem, was jetzt da ist.']),
  'plan-not-in-state': no(409, ['The plan cannot do that in its state', 'In diesem Stand lässt der Plan das nicht zu'], ['Look the plan up.', 'Den Plan nachschlagen.']),
  'approval-needed': no(403, ['A second person must approve the plan', 'Eine zweite Person muss den Plan freigeben'], ['Ask an approver.', 'Eine freigebende Person bitten.']),
  'approval-by-same-person': no(403, ['Whoever made the plan cannot approve it', 'Wer den Plan gemacht hat, kann ihn nicht freigeben'], ['Ask another approver.', 'Eine andere freigebende Person bitten.']),
  'another-plan': no(409, ['A dead letter is in another plan', 'Eine Nachricht ist schon in einem anderen Plan'], ['Wait for the other plan, or cancel it.', 'Den anderen Plan abwarten oder abbrechen.']),
  'breaker-open': no(409, ['What caused the failures is still down', 'Was die Fehler verursacht hat, ist noch gestört'], ['Start the plan when it is mended.', 'Den Plan starten, wenn es behoben ist.']),
  'changed-meanwhile': no(409, ['Somebody else changed it at the same time', 'Jemand anderes hat es gleichzeitig geändert'], ['Look at it anew.', 'Noch einmal ansehen.']),
  'not-archived': no(404, ['The archive has no such message', 'Diese Nachricht ist nicht im Archiv']),
  'already-restored': no(409, ['The message has been restored before', 'Die Nachricht wurde schon wiederhergestellt'], ['Follow the replay that was made of it.', 'Der erneuten Zustellung nachgehen.']),
  'service-silent': no(503, ['The service that would handle the messages does not answer', 'Der Dienst, der die Nachrichten bearbeiten würde, antwortet nicht'],
    ['Do the dry run when it is back.', 'Den Probelauf machen, wenn er wieder da ist.']),
  // Baskets that wait for their customers, and shifts.
  'parked-sale-unknown': no(404, ['There is no such parked basket', 'Diesen geparkten Korb gibt es nicht'], ['Look among the parked baskets. One that nobody takes up is dropped after a day.', 'Unter den geparkten Körben nachsehen. Ein Korb, den niemand holt, wird nach einem Tag verworfen.']),
  'parked-sale-taken': no(409, ['Another till has taken up the parked basket', 'Eine andere Kasse hat den geparkten Korb geholt'], ['Send the customer to that till.', 'Den Kunden an jene Kasse bitten.']),
  'parked-sales-full': no(422, ['The store has parked as many baskets as it may', 'Die Filiale hat so viele Körbe geparkt, wie sie darf'], ['Take up a parked basket and void it.', 'Einen geparkten Korb holen und stornieren.']),
} as const satisfies Record<string, CodeMeaning>;

export type Code = keyof typeof codes;

export const isCode = (value: unknown): value is Code => typeof value === 'string' && Object.hasOwn(codes, value);

export const meaningOf = (code: Code): CodeMeaning => codes[code];

/** How a sale stands, as a till tells its operator. The money says itself: `no` nothing was taken, `yes` the sale is paid, `unknown` it is being settled. */
export const saleWords = {
  'accepted': { moneyMoved: 'unknown', texts: texts(['The sale is under way', 'Der Verkauf läuft'], ['Wait. Do not charge again.', 'Warten. Nicht noch einmal kassieren.']) },
  'completed': { moneyMoved: 'yes', texts: texts(['The sale is done', 'Der Verkauf ist abgeschlossen'], ['Give the receipt.', 'Den Beleg geben.']) },
  'completed-with-change': { moneyMoved: 'yes', texts: texts(['The sale is done', 'Der Verkauf ist abgeschlossen'], ['Give the change and the receipt.', 'Wechselgeld und Beleg geben.']) },
  'declined': { moneyMoved: 'no', texts: texts(['The payment was declined', 'Die Zahlung wurde abgelehnt'],
    ['Ask for another card or cash. Nothing was charged.', 'Um eine andere Karte oder Bargeld bitten. Es wurde nichts abgebucht.']) },
  'out-of-stock': { moneyMoved: 'no', texts: texts(['Articles are missing', 'Es fehlen Artikel'],
    ['Remove the missing articles or take fewer. Nothing was charged.', 'Die fehlenden Artikel entfernen oder weniger nehmen. Es wurde nichts abgebucht.']) },
  'cancelled': { moneyMoved: 'no', texts: texts(['The sale did not come about', 'Der Verkauf kam nicht zustande'],
    ['Start the sale again. Nothing was charged.', 'Den Verkauf neu beginnen. Es wurde nichts abgebucht.']) },
  'needs-attention': { moneyMoved: 'unknown', texts: texts(['The sale is being looked into', 'Der Verkauf wird geprüft'],
    ['Do not charge again. Give the customer the command id, and call support with it.', 'Nicht noch einmal kassieren. Dem Kunden die Kommando-Id geben und damit den Support anrufen.']) },
} as const satisfies Record<string, { readonly moneyMoved: CodeMeaning['moneyMoved']; readonly texts: Texts }>;

export type SaleWord = keyof typeof saleWords;

/** How a refund stands, as a till tells its operator. */
export const refundWords = {
  'accepted': { moneyMoved: 'unknown', texts: texts(['The refund is under way', 'Die Erstattung läuft'], ['Wait. Do not refund again.', 'Warten. Nicht noch einmal erstatten.']) },
  'completed': { moneyMoved: 'yes', texts: texts(['The money goes back to the card', 'Das Geld geht auf die Karte zurück'], ['Give the credit note.', 'Den Gutschriftbeleg geben.']) },
  'completed-with-cash': { moneyMoved: 'yes', texts: texts(['The refund is done', 'Die Erstattung ist abgeschlossen'], ['Hand over the cash and the credit note.', 'Bargeld und Gutschriftbeleg geben.']) },
  'declined': { moneyMoved: 'no', texts: texts(['The card did not take the money back', 'Die Karte hat das Geld nicht zurückgenommen'],
    ['Refund in cash. Nothing went back to the card.', 'Bar erstatten. Auf die Karte ging nichts zurück.']) },
  'needs-attention': { moneyMoved: 'unknown', texts: texts(['The refund is being looked into', 'Die Erstattung wird geprüft'],
    ['Do not refund again. Give the customer the command id, and call support with it.', 'Nicht noch einmal erstatten. Dem Kunden die Kommando-Id geben und damit den Support anrufen.']) },
} as const satisfies Record<string, { readonly moneyMoved: CodeMeaning['moneyMoved']; readonly texts: Texts }>;

export type RefundWord = keyof typeof refundWords;
