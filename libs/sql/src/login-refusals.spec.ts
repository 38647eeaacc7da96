import { LoginRefusals } from './login-refusals.ts';

const refused = Object.assign(new Error('Login failed for user.'), { number: 18456 });
const away = Object.assign(new Error('no route'), { code: 'ESOCKET' });

function given() {
  const time = { now: 0 };
  const attempts: number[] = [];
  const refusals = new LoginRefusals(() => time.now);
  const probe = (answer?: Error, login = 'payment'): Promise<unknown> =>
    refusals.probe(login, () => {
      attempts.push(time.now);
      return answer ? Promise.reject(answer) : Promise.resolve();
    }).then(() => 'well', (error: unknown) => error);
  return { time, attempts, probe };
}

test('Q14 what the server has refused one lane it is not asked by the others right after', async () => {
  const { time, attempts, probe } = given();
  expect(await probe(refused)).toBe(refused);
  time.now = 2_900;
  expect(await probe()).toBe(refused);
  time.now = 4_000;
  expect(await probe()).toBe('well');
  expect(attempts).toEqual([0, 4_000]);
});

test('only a refused login is everybody’s', async () => {
  const { probe } = given();
  expect(await probe(away)).toBe(away);
  expect(await probe()).toBe('well');
});

test('another login is asked for itself', async () => {
  const { probe } = given();
  await probe(refused);
  expect(await probe(undefined, 'receipt')).toBe('well');
});
