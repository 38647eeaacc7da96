import type { Journal } from '../journal/journal.ts';
import type { Contact } from '../journal/sender.ts';
import type { Shown } from './shown.ts';

/** All tabs of a till share its journal, and one of them sends. Here they tell each other what is new. */
export class Tabs {
  readonly #shown: Shown;
  readonly #journal: Journal;
  readonly #senders: () => readonly { wake(): void }[];
  readonly #channel = new BroadcastChannel('scanlon-till');

  constructor(shown: Shown, journal: Journal, senders: () => readonly { wake(): void }[]) {
    this.#shown = shown;
    this.#journal = journal;
    this.#senders = senders;
  }

  listen(): void {
    this.#channel.onmessage = ({ data }: MessageEvent<Contact | 'work'>) => {
      if (data === 'work') this.#wakeHere();
      void this.show(data === 'work' ? this.#shown.view.contact : data);
    };
    addEventListener('online', () => this.wake());
  }

  /** There is something to send, and whichever tab sends should do so now. */
  wake(): void {
    this.#wakeHere();
    this.#channel.postMessage('work');
    void this.show(this.#shown.view.contact);
  }

  /** To the other tabs, and to this one. */
  tell(contact: Contact): void {
    this.#channel.postMessage(contact);
    void this.show(contact);
  }

  #wakeHere(): void {
    for (const sender of this.#senders()) sender.wake();
  }

  async show(contact: Contact): Promise<void> {
    const book = await this.#journal.read();
    this.#shown.set({ contact, book, damaged: this.#journal.damaged });
  }
}
