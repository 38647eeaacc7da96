import { CommandId } from '@checkout/contracts';
import { newCommandId } from './command-id.ts';

it('makes command ids that the front door accepts, in the order of their time', () => {
  const ids = Array.from({ length: 200 }, (_, index) => newCommandId(1_764_000_000_000 + index));
  for (const id of ids) expect(CommandId.safeParse(id).success).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
