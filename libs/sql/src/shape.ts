/** A statement without its values: the texts between them, and the whole as the server sees it. */
export interface Shape {
  readonly pieces: readonly string[];
  readonly text: string;
}

/** Compositions remembered for one template; a template composed in more ways than this is still right, only slower. */
const maxRemembered = 500;

interface Node {
  shape?: Shape;
  readonly next: Map<Shape | undefined, Node>;
}

/** Remembers what came of putting shapes together, by their identity, so that composing a statement costs a few look-ups. */
export class ShapeCache {
  readonly #root: Node = { next: new Map() };
  #remembered = 0;

  get(key: readonly (Shape | undefined)[], make: () => Shape): Shape {
    let node = this.#root;
    for (const shape of key) {
      let next = node.next.get(shape);
      if (!next) {
        if (this.#remembered >= maxRemembered) return make();
        next = { next: new Map() };
        node.next.set(shape, next);
        this.#remembered += 1;
      }
      node = next;
    }
    node.shape ??= make();
    return node.shape;
  }
}
