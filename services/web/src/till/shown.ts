import type { View } from './view.ts';

/** The one view of a tab: its parts change it, its screens listen to it. */
export class Shown {
  readonly #listeners = new Set<() => void>();
  #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  get view(): View {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
