import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { http } from '@checkout/contracts';
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { Scanner } from '../sale/scanner.ts';
import { exactly, found, quantityAndWords } from '../sale/search.ts';
import { useTill } from './use-till.ts';

/** One field for the scanner, for barcodes that are typed, and for words. A scan is heard wherever the focus is. */
export function Finder({ products }: { readonly products: readonly http.Product[] }) {
  const { till, say, amount } = useTill();
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useScanner(field, (barcode) => till.goods.scan(barcode));
  const { quantity, words } = quantityAndWords(text);
  const matches = found(products, words);
  const take = (product: http.Product) => {
    till.goods.add(product, quantity);
    setText('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || words === '') return;
    const [only, ...others] = matches;
    if (only && others.length === 0) take(only);
    else if (!only || /^\d+$/.test(words)) {
      till.goods.scan(scannedAfter(words, products) ?? text);
      setText('');
    }
  };
  return (
    <Stack gap="xs">
      <TextInput ref={field} label={say.find} description={say.findHint} size="lg" autoFocus value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} autoComplete="off" spellCheck={false} />
      {matches.length > 0 && (
        <Stack gap={4} role="list" aria-label={say.found}>
          {matches.map((product) => (
            <div role="listitem" key={product.sku}>
              <Button variant="default" fullWidth justify="space-between" onClick={() => take(product)} rightSection={amount(product.unitPriceMinor)}>
                <Group gap="xs"><Text>{product.description}</Text><Text c="dimmed" size="sm">{product.sku}</Text></Group>
              </Button>
            </div>
          ))}
        </Stack>
      )}
    </Stack>
  );
}

/** A scan that came into the field while there still were words in it. */
function scannedAfter(words: string, products: readonly http.Product[]): string | undefined {
  const barcode = /\D(\d{8,14})$/.exec(words)?.[1];
  return barcode !== undefined && exactly(products, words) === undefined ? barcode : undefined;
}

/** Listens to the whole page but the field itself, before a focused button takes the scanner's Enter for a press. */
function useScanner(field: RefObject<HTMLInputElement | null>, onScan: (barcode: string) => void): void {
  const latest = useRef(onScan);
  useEffect(() => void (latest.current = onScan));
  useEffect(() => {
    const scanner = new Scanner();
    const onKey = (event: globalThis.KeyboardEvent) => {
      const barcode = scanner.key(event.key, event.timeStamp);
      if (barcode === undefined || event.target === field.current) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current(barcode);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [field]);
}
