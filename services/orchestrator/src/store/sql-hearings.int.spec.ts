import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Progress } from '../domain/progress.ts';
import { SqlHearings } from './sql-hearings.ts';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await startTestDatabase([`${import.meta.dirname}/migrations`], 'orchestrator');
  database = Database.open({ connectionString: test.connectionString, name: 'orchestrator' });
});
afterAll(async () => {
  await database.close();
  await test[Symbol.asyncDispose]();
});

const at = (time: string): number => Date.parse(`2026-01-05T${time}.000Z`);
const payment = (progress: Pick<Progress, 'askedAt' | 'late'>): Progress => ({ participant: 'payment', partition: 'p3', ...progress });
const inventory: Progress = { participant: 'inventory', partition: 'p3', askedAt: at('04:00:00') };

it('keeps the later of what two processes know of one participant, and of each the latest that was answered late', async () => {
  // given
  const [one, other] = [new SqlHearings(database), new SqlHearings(database)];
  await one.write([payment({ askedAt: at('05:00:10'), late: { askedAt: at('04:30:00'), answeredAt: at('05:00:20') } }), inventory]);

  // when
  await other.write([payment({ askedAt: at('05:00:05'), late: { askedAt: at('04:40:00'), answeredAt: at('05:00:30') } })]);
  await one.write([payment({ askedAt: at('05:00:40') })]);

  // then
  const known = await other.read();
  expect(known.toSorted((a, b) => a.participant.localeCompare(b.participant))).toEqual([
    inventory,
    payment({ askedAt: at('05:00:40'), late: { askedAt: at('04:40:00'), answeredAt: at('05:00:30') } }),
  ]);
});
