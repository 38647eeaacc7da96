import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { reservePorts, type Reservation } from './addresses.ts';

const reservations: Reservation[] = [];
const reserve = async (blocks?: Iterable<number>): Promise<readonly number[]> => {
  const reservation = await reservePorts(blocks);
  reservations.push(reservation);
  return Object.values(reservation.ports);
};
afterEach(() => {
  for (const reservation of reservations.splice(0)) reservation.release();
});

const occupy = async (port: number, host?: string) => {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
};

describe('ports for a system of its own', () => {
  it('are no other system\'s, though neither has opened any yet', async () => {
    const ports = (await Promise.all(Array.from({ length: 20 }, () => reserve()))).flat();
    expect(new Set(ports).size).toBe(20 * 12);
  });

  it.each([['everywhere', undefined], ['on this machine only', '127.0.0.1']])('are none that somebody listens on %s', async (_, host) => {
    // given
    const [block = 0] = (await reserve()).map((port) => Math.floor((port - 15_000) / 16));
    const [taken = 0] = (await reserve([block + 1, block + 2, block + 3])).slice(-1);
    reservations.pop()?.release();
    const stranger = await occupy(taken, host);
    const takenBlock = Math.floor((taken - 15_000) / 16);

    // when
    const ports = await reserve([takenBlock, takenBlock + 4, takenBlock + 5, takenBlock + 6]);

    // then
    expect(ports.every((port) => Math.floor((port - 15_000) / 16) > takenBlock)).toBe(true);
    stranger.close();
  });

  it('can be used by others once they are released, and not before', async () => {
    const [first = 0] = await reserve();
    const block = Math.floor((first - 15_000) / 16);
    await expect(reservePorts([block])).rejects.toThrow('No 16 ports in a row are free');
    reservations.pop()?.release();
    expect(await reserve([block])).toContain(first);
  });

  it('are not among those that the operating system gives to outgoing connections', async () => {
    const range = '/proc/sys/net/ipv4/ip_local_port_range';
    const lowest = existsSync(range) ? Number(readFileSync(range, 'utf8').trim().split(/\s+/)[0]) : 49_152;
    const probe = await occupy(0);
    expect((probe.address() as AddressInfo).port).toBeGreaterThanOrEqual(lowest);
    expect(Math.max(...await reserve())).toBeLessThan(lowest);
    probe.close();
  });
});
