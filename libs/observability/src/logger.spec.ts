import { containsPan, createLogger, isLuhn, maskPans } from './index.ts';

function lines(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  write(createLogger({ service: 'cart', destination: { write: (line: string) => void written.push(line) } }));
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('writes one JSON line with the service, the level by name and a readable time', () => {
  expect(lines((logger) => logger.info({ saleId: 's' }, 'sold'))).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), service: 'cart', saleId: 's', msg: 'sold' },
  ]);
});

it.each(['authorization', 'token', 'pan', 'cardToken', 'password', 'email'])('never writes the field %s', (field) => {
  const [line] = lines((logger) => logger.info({ [field]: 'hunter2', tender: { [field]: 'hunter2' } }, 'paid'));
  expect(JSON.stringify(line)).not.toContain('hunter2');
});

it('masks a card number wherever it hides', () => {
  const [line] = lines((logger) => logger.error({ err: new Error('no such product 4111111111111111'), note: '5500 0000 0000 0004', amex: '3782-822463-10005', id: 4111111111111111 }, 'scanned 4012888888881881.'));
  expect(line).toMatchObject({ note: '************0004', amex: '***********0005', id: 1111111111111111, msg: 'scanned ************1881.' });
  expect(JSON.stringify(line)).not.toMatch(/4111111111111111|4012888888881881/);
});

it.each([
  ['a UUID of digits', '01890000-1234-7123-8123-123456789012'],
  ['a trace id of digits', '00-41111111111111114111111111111111-4111111111111111-01'],
  ['a number with a wrong check digit', '4111111111111112'],
  ['twenty digits', '41111111111111114111'],
  ['milliseconds since 1970 as a number', '{"at":1763815505120}'],
])('leaves %s alone', (_, text) => {
  expect(maskPans(text)).toBe(text);
  expect(containsPan(text)).toBe(false);
});

it('leaves the line valid JSON when a number looks like a card', () => {
  expect(JSON.parse(maskPans('{"a":[4111111111111111,4111111111111111]}'))).toEqual({ a: [1111111111111111, 1111111111111111] });
});

it.each([
  ['a fraction', '{"tookMs":0.4111111111111111}', '{"tookMs":0.1111111111111111}'],
  ['a number with an exponent', '{"x":1.4111111111111111e-7}', '{"x":1.4111111111111111e-7}'],
  ['a card number after a decimal point in a text', '{"x":"v.4111111111111111"}', '{"x":"v.************1111"}'],
  ['a card number after an escaped quotation mark', String.raw`{"x":"\"4111111111111111"}`, String.raw`{"x":"\"************1111"}`],
  ['a card number after an escape', String.raw`{"x":"\u00014111111111111111"}`, String.raw`{"x":"\u0001************1111"}`],
  ['an escape and what follows it, which together look like one', String.raw`{"x":"\u4111111111111111"}`, String.raw`{"x":"\u4111111111111111"}`],
])('masks so that the line can still be read: %s', (_, line, masked) => {
  expect(maskPans(line)).toBe(masked);
  expect(() => JSON.parse(masked) as unknown).not.toThrow();
});

it('never breaks a line, whatever stands around the digits', () => {
  const pieces = ['4111111111111111', '4012888888881881', '\u0001', '\\', '"', '.', ',', ':', '[', ' ', 'u', '\\u', '-', 'x'];
  let seed = 20260105;
  const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: 1 + next(6) }, () => pieces[next(pieces.length)]).join('');
    const line = JSON.stringify({ [text]: text, number: Number(`${next(10)}.${4111111111111111 + next(1_000_000)}`), list: [4012888888881881, text] });
    expect({ round, line, isJson: isJson(maskPans(line)) }).toEqual({ round, line, isJson: true });
  }
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it.each(['4111111111111111', '4111 1111 1111 1111', '3782 822463 10005', '"pan":"5500-0000-0000-0004"', 'tok4012888888881881'.replace('tok', 'x '), '%B4111111111111111^DOE/JOHN^2512', ';4111111111111111=2512?'])('finds the card number in %s', (text) => {
  expect(containsPan(text)).toBe(true);
});

it('does not take a barcode for a card number', () => {
  for (const barcode of ['4006381333931', '5901234123457', '96385074', '10614141000415']) expect(containsPan(`{"barcode":"${barcode}"}`)).toBe(false);
});

it('knows the check digit', () => {
  expect(isLuhn('79927398713')).toBe(true);
  expect(isLuhn('79927398710')).toBe(false);
});
