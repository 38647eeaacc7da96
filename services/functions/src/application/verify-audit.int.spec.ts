import { sql } from '@checkout/sql';
import { ann, replayOf, TestDesk } from '../testing/desk.ts';
import { verifyAudit } from './verify-audit.ts';

describe('the audit', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('writes down who did what, and shows an entry that was changed', async () => {
    await desk.deadLetter(3);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);
    await desk.parts.direct.start(plan.planId, ann);
    await Promise.all([desk.handle(3), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect(await verifyAudit(desk.parts.audit)).toEqual({ entries: 6 });
    await desk.database.commit(sql`UPDATE audit SET actor = N'mallory' WHERE number = 3;`);
    expect(await verifyAudit(desk.parts.audit)).toMatchObject({ broken: { number: 3, because: expect.stringContaining('changed') as string } });
  });
});
