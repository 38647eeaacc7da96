import { configOf } from './config.ts';

const environment = {
  PORT: '3001', SERVICE_BUS_CONNECTION: 'Endpoint=sb://localhost', SQL_CONNECTION: 'Server=localhost', AUTH_ISSUER: 'https://id.test', AUTH_AUDIENCE: 'api', AUTH_JWKS_URL: 'https://id.test/jwks',
  ORCHESTRATOR_URL: 'http://localhost:3002',
};

describe('the configuration', () => {
  it('is read from the environment', () => {
    expect(configOf(environment)).toMatchObject({ port: 3001, logLevel: 'info', orchestratorUrl: 'http://localhost:3002' });
  });

  it('names everything that is wrong in one sentence, without values', () => {
    const { SQL_CONNECTION: _, ...without } = environment;
    expect(() => configOf({ ...without, PORT: 'eighty', AUTH_JWKS_URL: 'secret' })).toThrow(/^cart cannot start because of its environment: (?=.*SQL_CONNECTION: is missing)(?=.*PORT: )(?=.*AUTH_JWKS_URL: )(?!.*secret).*\.$/);
  });
});
