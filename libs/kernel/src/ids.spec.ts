import { partitionCount, partitionOf } from './partition.ts';
import { saleIdOf, type CommandId, type TenantId } from './ids.ts';
import { timeOfUuid, uuidv7 } from './uuid.ts';

describe('ids', () => {
  it('gives one command the same sale for ever', () => {
    const sale = saleIdOf('acme' as TenantId, '0190a5c2-0000-7000-8000-000000000001' as CommandId);
    expect(sale).toBe(saleIdOf('acme' as TenantId, '0190a5c2-0000-7000-8000-000000000001' as CommandId));
    expect(sale).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('puts the sales of one time next to each other, whatever their tenant', () => {
    const commandIds = Array.from({ length: 50 }, (_, index) => uuidv7(1_700_000_000_000 + index) as CommandId);
    const sales = commandIds.map((commandId, index) => saleIdOf((index % 2 === 0 ? 'acme' : 'other') as TenantId, commandId));
    expect([...sales].sort()).toEqual(sales);
  });

  it('makes a sale of any command id, whatever its version', () => {
    const commandId = '9b2fd6e1-3d0c-4c1e-8c55-0d7c6a1f1b11' as CommandId;
    expect(saleIdOf('acme' as TenantId, commandId)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('keeps the sales of two tenants apart even when their tills chose the same id', () => {
    const commandId = '0190a5c2-0000-7000-8000-000000000001' as CommandId;
    expect(saleIdOf('acme' as TenantId, commandId)).not.toBe(saleIdOf('other' as TenantId, commandId));
  });

  it('makes ordered, distinct version 7 ids', () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => uuidv7(1_700_000_000_000 + index));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(timeOfUuid(ids[2_999] ?? '')).toBe(1_700_000_002_999);
    for (const id of ids.slice(0, 100)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('spreads fifty stores over all partitions', () => {
    const partitions = new Set(Array.from({ length: 50 }, (_, index) => partitionOf('acme', `store-${index}`)));
    expect(partitions.size).toBe(partitionCount);
  });
});
