import type { http } from '@checkout/contracts';

const mostFound = 8;

/** What a cashier may type: `3*tea green` is three of something; digits alone are a barcode. */
export function quantityAndWords(text: string): { readonly quantity: number; readonly words: string } {
  const [, count, words] = /^\s*(\d{1,6})\s*[*x×]\s*(\S.*)$/i.exec(text) ?? [];
  return count !== undefined && words !== undefined ? { quantity: Number(count), words: words.trim() } : { quantity: 1, words: text.trim() };
}

/** A product by its barcode or SKU, as a whole. */
export const exactly = (products: readonly http.Product[], text: string): http.Product | undefined =>
  products.find(({ barcode, sku }) => barcode === text || sku.toLowerCase() === text.toLowerCase());

/** Products that have every word that was typed, at the beginning of one of theirs. */
export function found(products: readonly http.Product[], text: string): readonly http.Product[] {
  const wanted = partsOf(text);
  if (wanted.length === 0) return [];
  const matches: http.Product[] = [];
  for (const product of products) {
    const has = partsOf(`${product.description} ${product.sku} ${product.barcode ?? ''}`);
    if (wanted.every((part) => has.some((each) => each.startsWith(part)))) matches.push(product);
    if (matches.length === mostFound) break;
  }
  return matches;
}

const partsOf = (text: string): string[] => text.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '').split(/[^\p{L}\p{N}-]+/u).filter((part) => part !== '');
