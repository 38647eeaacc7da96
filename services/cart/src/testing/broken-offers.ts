import type { http } from '@checkout/contracts';
import fc from 'fast-check';

/** Ways in which one leaf of a body can be wrong. */
export const mutations = ['type', 'range', 'length', 'charset', 'kind', 'missing', 'extra', 'null', 'duplicate', 'cross-field'] as const;
export type Mutation = (typeof mutations)[number];

type Json = { [name: string]: unknown };

/** Any basket that is in order, of these articles at these prices. */
export const basketOf = (products: readonly http.Product[]): fc.Arbitrary<http.CheckoutBody> =>
  fc.record({
    lines: fc.array(fc.record({ product: fc.constantFrom(...products), quantity: fc.integer({ min: 1, max: 20 }) }), { minLength: 1, maxLength: 5 }),
    inCash: fc.boolean(),
    isSplit: fc.boolean(),
  }).map(({ lines, inCash, isSplit }) => {
    const totalMinor = lines.reduce((sum, { product, quantity }) => sum + product.unitPriceMinor * quantity, 0);
    const first = isSplit ? 100 : totalMinor;
    const tender = (amountMinor: number, isCash: boolean) => (isCash ? { type: 'cash', amountMinor, tenderedMinor: amountMinor + 5 } as const : { type: 'card', amountMinor, cardToken: 'tok_approved' } as const);
    return {
      lines: lines.map(({ product: { sku }, quantity }) => ({ sku, quantity })),
      currency: 'GBP',
      totalMinor,
      tenders: isSplit ? [tender(first, inCash), tender(totalMinor - first, !inCash)] : [tender(first, inCash)],
    };
  });

/** Where a leaf is: its object, its name there, and its pointer. */
interface Leaf { readonly of: Json; readonly name: string; readonly pointer: string }

function leavesOf(value: unknown, pointer = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    (typeof member === 'object' ? leavesOf(member, `${pointer}/${name}`) : [{ of: value as Json, name, pointer: `${pointer}/${name}` }]));
}

const isAmount = ({ name }: Leaf): boolean => /Minor$|^quantity$/.test(name);
const twin = '<twin>';

/** The same body with one leaf gone wrong, as text, and what a pointer to it looks like where there can be one. */
export function broken(offer: http.CheckoutBody, mutation: Mutation, which: number): { readonly text: string; readonly pointer?: RegExp } {
  const body = structuredClone(offer) as unknown as Json;
  const all = leavesOf(body);
  const oneOf = (leaves: readonly Leaf[]): Leaf => {
    const leaf = leaves[which % leaves.length];
    if (!leaf) throw new Error(`no leaf for ${mutation}`);
    return leaf;
  };
  const at = (leaf: Leaf, value: unknown) => {
    leaf.of[leaf.name] = value;
    return { text: JSON.stringify(body), pointer: new RegExp(`^${leaf.pointer}$`) };
  };
  const pick = <T>(...values: readonly T[]): T => values[which % values.length] as T;
  const texts = all.filter((leaf) => !isAmount(leaf));
  switch (mutation) {
    case 'type':
      return at(oneOf(all), pick<unknown>(true, {}, [7], isAmount(oneOf(all)) ? '7' : 7));
    case 'range': {
      const leaf = oneOf(all.filter(isAmount));
      return at(leaf, leaf.name === 'quantity' ? pick(0, 1_000, -1, 1.5) : pick(-1, 1_000_000_000_001, 1.5));
    }
    case 'length':
      return at(oneOf(texts), 'A'.repeat(pick(41, 65, 10_000) + 30));
    case 'charset':
      return at(oneOf(texts), pick('\u0000', 'TEA\u202E', '🍵', 'ＴＥＡ', ' ', '\ud800'));
    case 'kind':
      return at(oneOf(all.filter(({ name }) => name === 'type')), pick('CARD', 'card ', 'cheque', ''));
    case 'missing':
      return at(oneOf(all), undefined);
    case 'extra': {
      const { of, pointer } = oneOf(all);
      return at({ of, name: 'more', pointer: pointer.replace(/[^/]+$/, 'more') }, 1);
    }
    case 'null':
      return at(oneOf(all), null);
    case 'duplicate': {
      const leaf = oneOf(all);
      leaf.of[twin] = leaf.of[leaf.name];
      return { text: JSON.stringify(body).replace(JSON.stringify(twin), JSON.stringify(leaf.name)) };
    }
    case 'cross-field': {
      const leaf = oneOf(all.filter(({ name }) => name === 'totalMinor' || name === 'amountMinor'));
      const { text } = at(leaf, Number(leaf.of[leaf.name]) + pick(1, 10, 100));
      return { text, pointer: leaf.name === 'totalMinor' ? /^\/totalMinor$/ : /^\/tenders/ };
    }
  }
}
