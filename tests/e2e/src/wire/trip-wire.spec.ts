import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { TripWire } from './trip-wire.ts';

/** The end of a database's answer (MS-TDS 2.2.7.6): a DONE token with this status. */
const done = (status: number): Buffer => Buffer.from([0xfd, status, 0, ...Array.from({ length: 10 }, () => 0)]);
const worked = done(0);

/** A far side that has these answers, one to a request, and a caller who asks for each of them. */
async function converse(answers: readonly Buffer[]): Promise<{ readonly heard: readonly Buffer[]; readonly isTripped: boolean }> {
  const left = [...answers];
  const far = createServer((socket) => socket.on('data', () => socket.write(left.shift() ?? worked)).on('error', () => {})).listen(0, '127.0.0.1');
  await once(far, 'listening');
  await using wire = await TripWire.open();
  wire.leadsTo((far.address() as AddressInfo).port);
  let isTripped = false;
  const tripped = wire.trip(['COMMIT'], 'answered').then(() => { isTripped = true; });
  const near = connect(wire.port, '127.0.0.1').on('error', () => {});
  const heard: Buffer[] = [];
  for (let asked = 0; asked < answers.length && !isTripped; asked += 1) {
    near.write('COMMIT');
    const said = once(near, 'data') as Promise<[Buffer]>;
    await Promise.race([said.then(([piece]) => heard.push(piece)), tripped]);
  }
  near.destroy();
  far.close();
  return { heard, isTripped };
}

describe('a wire that trips at an answer', () => {
  it('keeps the answer to itself', async () => {
    expect(await converse([worked])).toEqual({ heard: [], isTripped: true });
  });

  it.each([['an error', 0x02], ['a cancelled request', 0x20]])('passes %s on, and waits for what is asked anew', async (_, status) => {
    expect(await converse([done(status), worked])).toEqual({ heard: [done(status)], isTripped: true });
  });
});
