import { checkout } from './checkout.saga.ts';
import { current, sagaOf } from './versions.ts';

it('OP05 finds the declaration that a sale began with', () => {
  expect(sagaOf(1)).toBe(checkout);
  expect(sagaOf(current.version)).toBe(current);
});

it('OP05 goes on with no sale by a declaration that it does not know', () => {
  expect(() => sagaOf(99)).toThrow('no declaration of the checkout saga has version 99');
});
