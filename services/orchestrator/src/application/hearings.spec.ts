import { partitionOf, type StoreId, type TenantId } from '@checkout/kernel';
import { createLogger } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import type { Hearing } from '../domain/hearing.ts';
import type { Progress } from '../domain/progress.ts';
import { Hearings } from './hearings.ts';

const [tenantId, storeId] = ['acme' as TenantId, 'LEEDS-01' as StoreId];
const partition = partitionOf(tenantId, storeId);
const now = 1_000_000;
const payment = (askedAt: number): Hearing => ({ participant: 'payment', partition, askedAt, answeredAt: askedAt + 50 });

/** What several processes share, and what one of them knows. */
function given() {
  const table: Progress[] = [];
  const outage = { isOn: false };
  const kept = {
    read: () => (outage.isOn ? Promise.reject(new DependencyUnavailable('orchestrator/work', 0)) : Promise.resolve([...table])),
    write: (known: readonly Progress[]) => (outage.isOn ? Promise.reject(new DependencyUnavailable('orchestrator/work', 0)) : Promise.resolve(void table.push(...known))),
  };
  const process = () => new Hearings(kept, createLogger({ service: 'tests', level: 'silent' }), () => now);
  return { table, outage, process };
}

test('the latest request that was answered counts, in whatever order answers come', () => {
  const hearings = given().process();
  for (const askedAt of [100, 300, 200]) hearings.heard(payment(askedAt));
  expect(hearings.of(tenantId, storeId)).toEqual({ payment: 300 });
});

test('one partition says nothing about another', () => {
  const hearings = given().process();
  hearings.heard({ ...payment(100), partition: `not ${partition}` });
  expect(hearings.of(tenantId, storeId)).toEqual({});
});

test('what one process has heard the others know soon, and only news is written', async () => {
  const { table, process } = given();
  const [one, other] = [process(), process()];
  one.heard(payment(100));
  await one.sync();
  await one.sync();
  await other.sync();
  expect(other.of(tenantId, storeId)).toEqual({ payment: 100 });
  expect(table).toHaveLength(1);
});

test('what was answered late stands between sales and their impatience, in every process', async () => {
  const { process } = given();
  const [one, other] = [process(), process()];
  one.heard({ ...payment(100), answeredAt: now - 1_000 });
  one.heard({ ...payment(now - 500), answeredAt: now - 450 });
  await one.sync();
  await other.sync();
  expect(one.of(tenantId, storeId)).toEqual({ payment: 100 });
  expect(other.of(tenantId, storeId)).toEqual({ payment: 100 });
});

test('what could not be written in an outage is written after it', async () => {
  const { table, outage, process } = given();
  const hearings = process();
  outage.isOn = true;
  hearings.heard(payment(100));
  await hearings.sync();
  outage.isOn = false;
  await hearings.sync();
  expect(table).toEqual([{ participant: 'payment', partition, askedAt: 100 }]);
});
