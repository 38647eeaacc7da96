import mssql from 'mssql';
import { authenticationOf } from './authentication.ts';

const server = 'Server=tcp:sql-shop.database.windows.net,1433;Database=cart;Encrypt=true';

it('takes the identity of the process where the string says so, in any case', () => {
  for (const way of ['Authentication=Active Directory Default', 'authentication = active directory default ']) {
    expect(authenticationOf(`${server};${way}`).authentication).toMatchObject({ type: 'token-credential' });
  }
});

it('leaves logins by password to the driver', () => {
  expect(authenticationOf(`${server};User Id=sa;Password=x`)).toEqual({});
});

it('turns away what needs a secret in the string', () => {
  expect(() => authenticationOf(`${server};Authentication=Active Directory Password;User Id=x;Password=y`)).toThrow(/only "Authentication=Active Directory Default"/);
});

it('is needed, because mssql takes "Active Directory Default" for a login by password', () => {
  const read = mssql.ConnectionPool.parseConnectionString(`${server};Authentication=Active Directory Default`) as { readonly authentication_type?: string };
  expect(read.authentication_type).toBe('default');
});
