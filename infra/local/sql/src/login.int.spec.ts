import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { startTestServer, TOKEN } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
});
afterAll(() => db.close());

const quick = { maxRetriesOnTransientErrors: 0 };
const answer = async (options: Record<string, unknown>) => (await (await db.connect(options, 1)).request().query("SELECT 1 AS one, REPLICATE('x', 7000) AS much")).recordset[0] as Record<string, unknown>;
const served = { one: 1, much: 'x'.repeat(7000) };

describe('encryption', () => {
  it('runs TLS inside TDS when the driver asks for it', async () => {
    expect(await answer({ options: { ...quick, encrypt: true, trustServerCertificate: true } })).toEqual(served);
  });

  it('has a certificate for localhost that a client can be told to trust', async () => {
    expect(await answer({ server: 'localhost', options: { ...quick, encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca: db.server.certificate } } })).toEqual(served);
  });

  it('is refused by a client that does not know the certificate', async () => {
    await expect(answer({ options: { ...quick, encrypt: true, trustServerCertificate: false } })).rejects.toThrow(/certificate/i);
  });

  it('comes first in strict TDS 8.0', async () => {
    expect(await answer({ server: 'localhost', options: { ...quick, encrypt: 'strict', serverName: 'localhost', cryptoCredentialsDetails: { ca: db.server.certificate } } })).toEqual(served);
  });

  it('serves many encrypted connections at once', async () => {
    const pool = await db.connect({ options: { ...quick, encrypt: true, trustServerCertificate: true } }, 10);
    const results = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.request().input('i', i).query('SELECT @i AS i')));
    expect(results.map(({ recordset }) => recordset[0]?.i as number)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('ends a connection whose handshake is nonsense', async () => {
    const socket = connectTcp(db.server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(Buffer.from([0x16, 3, 1, 0, 4, 1, 2, 3, 4, 5, 6, 7]));
    socket.resume();
    await once(socket, 'close');
    expect(await answer({ options: quick })).toEqual(served);
  });
});

describe('Entra', () => {
  const withToken = (token: string) => ({ authentication: { type: 'azure-active-directory-access-token', options: { token } }, options: { ...quick, encrypt: true, trustServerCertificate: true } });

  it('logs in by access token', async () => {
    expect(await answer(withToken(TOKEN))).toEqual(served);
  });

  it('turns away another token', async () => {
    await expect(answer(withToken('someone else'))).rejects.toThrow(/login failed/i);
  });

  it('logs in by a credential that is asked for a token of Azure SQL', async () => {
    const asked: unknown[] = [];
    const credential = { getToken: (scope: unknown) => { asked.push(scope); return Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + 60_000 }); } };
    expect(await answer({ authentication: { type: 'token-credential', options: { credential } }, options: { ...quick, encrypt: true, trustServerCertificate: true } })).toEqual(served);
    expect(new Set(asked)).toEqual(new Set(['https://database.windows.net/.default']));
  });
});
