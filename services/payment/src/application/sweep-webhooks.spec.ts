import { sale } from '../testing.ts';
import type { WebhookParked } from './ports.ts';
import { SweepWebhooks } from './sweep-webhooks.ts';

it('has every parked webhook that is due looked at again', async () => {
  const looked: WebhookParked[] = [];
  const parked = [{ tenantId: sale.tenantId, saleId: sale.saleId, webhookId: 'evt_1' }, { tenantId: sale.tenantId, saleId: sale.saleId, webhookId: 'evt_2' }];
  const sweep = new SweepWebhooks(
    { parked: (now, limit) => Promise.resolve(now === 5_000 && limit > 0 ? parked : []) },
    { webhookParked: (message) => (looked.push(message), Promise.resolve()) },
    () => 5_000,
  );
  await expect(sweep.sweep()).resolves.toBe(2);
  expect(looked.map(({ body }) => body)).toEqual(parked);
});
