import { logLevel, PlatformEnvironment, readEnvironment } from './environment.ts';

const complete = {
  PORT: '8080', SERVICE_BUS_CONNECTION: 'Endpoint=sb://localhost', SQL_CONNECTION: 'Server=localhost;Password=secret', AUTH_ISSUER: 'https://identity', AUTH_AUDIENCE: 'checkout',
  AUTH_JWKS_URL: 'https://identity/jwks',
};
const read = (overrides: NodeJS.ProcessEnv = {}) => readEnvironment(PlatformEnvironment, { ...complete, ...overrides });

it('reads what is there and fills in what may be left out', () => {
  expect(read()).toEqual({ ...complete, PORT: 8080, RATE_LIMIT_PER_SECOND: 100, LOG_LEVEL: 'info' });
});

it.each<[string, NodeJS.ProcessEnv]>([
  ['PORT', { PORT: '' }],
  ['PORT', { PORT: 'http' }],
  ['PORT', { PORT: '70000' }],
  ['PORT', { PORT: '80.5' }],
  ['PORT', { PORT: '-1' }],
  ['PORT', { PORT: undefined }],
  ['SQL_CONNECTION', { SQL_CONNECTION: '' }],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'identity' }],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'file:///etc/passwd' }],
  ['RATE_LIMIT_PER_SECOND', { RATE_LIMIT_PER_SECOND: '0' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
])('names %s when it is wrong: %p', (name, overrides) => {
  expect(() => read(overrides)).toThrow(new RegExp(`^The environment is not complete: ${name} \\(`));
});

it('names everything that is wrong in one sentence, and no value', () => {
  let message = '';
  try {
    readEnvironment(PlatformEnvironment, { PORT: 'p4ssw0rd', LOG_LEVEL: 'p4ssw0rd', AUTH_JWKS_URL: 'p4ssw0rd' });
  } catch (error) {
    message = String(error);
  }
  for (const name of ['PORT', 'SERVICE_BUS_CONNECTION', 'SQL_CONNECTION', 'AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS_URL', 'LOG_LEVEL']) expect(message).toContain(name);
  expect(message).not.toContain('p4ssw0rd');
});

it('can log that the level is wrong', () => {
  expect([logLevel({ LOG_LEVEL: 'loud' }), logLevel({ LOG_LEVEL: 'debug' }), logLevel({})]).toEqual(['info', 'debug', 'info']);
});
