import { Button, CloseButton, Group, NumberInput, ScrollArea, Table, Text } from '@mantine/core';
import { lineTotals } from '@checkout/kernel';
import { totalsOf } from '../sale/basket.ts';
import { useTill } from './use-till.ts';

/** What is on the counter, and what it comes to. */
export function BasketTable() {
  const { till, view, say, amount } = useTill();
  const taxMode = view.catalogue?.store.taxMode ?? 'inclusive';
  const totals = totalsOf(view.basket, taxMode);
  if (view.basket.length === 0) return <Text c="dimmed" py="xl" ta="center">{say.emptyBasket}</Text>;
  return (
    <>
      <ScrollArea>
        <Table aria-label={say.basket} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say.article}</Table.Th>
              <Table.Th>{say.quantity}</Table.Th>
              <Table.Th ta="right">{say.price}</Table.Th>
              <Table.Th ta="right">{say.amount}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {view.basket.map(({ product, quantity }) => (
              <Table.Tr key={product.sku}>
                <Table.Td>{product.description}</Table.Td>
                <Table.Td>
                  <NumberInput aria-label={say.quantityOf(product.description)} w={84} min={1} allowDecimal={false} allowNegative={false} clampBehavior="none" value={quantity}
                    onChange={(value) => typeof value === 'number' && value > 0 && till.goods.setQuantity(product.sku, value)} />
                </Table.Td>
                <Table.Td ta="right">{amount(product.unitPriceMinor)}</Table.Td>
                <Table.Td ta="right">{amount(taxMode === 'inclusive' ? lineTotals({ ...product, quantity }, taxMode).grossMinor : product.unitPriceMinor * quantity)}</Table.Td>
                <Table.Td><CloseButton size="lg" aria-label={say.voidLine(product.description)} onClick={() => till.goods.setQuantity(product.sku, 0)} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Group justify="space-between" mt="sm">
        <Button variant="default" c="red.9" onClick={() => till.goods.voidSale()}>{say.voidSale}</Button>
        <Text c="dimmed">{taxMode === 'inclusive' ? say.includedTax : say.addedTax}: {amount(totals.taxMinor)}</Text>
      </Group>
    </>
  );
}
