import { logLevel, PlatformEnvironment, readEnvironment, TillOrigins } from './environment.ts';
import { settingsOf } from './settings.ts';

const complete = {
  PORT: '8080', SERVICE_BUS_CONNECTION: 'Endpoint=sb://localhost', SQL_CONNECTION: 'Server=localhost;Password=secret', AUTH_ISSUER: 'https://identity', AUTH_AUDIENCE: 'checkout',
  AUTH_JWKS_URL: 'https://identity/jwks',
};
const warned: string[] = [];
const read = (overrides: NodeJS.ProcessEnv = {}) => readEnvironment(PlatformEnvironment, { ...complete, ...overrides }, (message) => void warned.push(message));
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return '';
};

beforeEach(() => void warned.splice(0));

it('reads what is there and fills in what may be left out', () => {
  expect(read()).toEqual({ ...complete, PORT: 8080, RATE_LIMIT_PER_SECOND: 100, LOG_LEVEL: 'info', SERVICE_VERSION: 'source' });
  expect(warned).toEqual([]);
});

it.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['PORT', { PORT: '' }, /is not a whole number/],
  ['PORT', { PORT: 'http' }, /is not a whole number/],
  ['PORT', { PORT: '70000' }, /is wrong/],
  ['PORT', { PORT: '80.5' }, /is not a whole number/],
  ['PORT', { PORT: '-1' }, /is not a whole number/],
  ['PORT', { PORT: undefined }, /is not set; for example PORT=8080/],
  ['SQL_CONNECTION', { SQL_CONNECTION: '' }, /set in the environment/],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'identity' }, /is not an http address/],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'file:///etc/passwd' }, /is not an http address/],
  ['RATE_LIMIT_PER_SECOND', { RATE_LIMIT_PER_SECOND: '0' }, /is wrong/],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }, /"info"/],
  ['AZURE_CLIENT_ID', { AZURE_CLIENT_ID: 'me' }, /is not the client id/],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /is not an http address/],
])('names %s when it is wrong: %p', (name, overrides, says) => {
  const message = messageOf(() => read(overrides));
  expect(message).toMatch(new RegExp(`^SettingsError: The settings are not right:\\n {2}${name} `));
  expect(message).toMatch(says);
  expect(message.split('\n')).toHaveLength(2);
});

it('names everything that is wrong at once, where it came from and an example, and no value', () => {
  const message = messageOf(() => readEnvironment(PlatformEnvironment, { PORT: 'p4ssw0rd', LOG_LEVEL: 'p4ssw0rd', AUTH_JWKS_URL: 'p4ssw0rd' }, () => {}));
  for (const name of ['PORT', 'SERVICE_BUS_CONNECTION', 'SQL_CONNECTION', 'AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS_URL', 'LOG_LEVEL']) expect(message).toContain(`\n  ${name} `);
  expect(message).toContain('PORT is not a whole number (it was set in the environment); for example PORT=8080');
  expect(message).toContain('AUTH_AUDIENCE is not set; for example AUTH_AUDIENCE=api://scanlon-checkout');
  expect(message).not.toContain('p4ssw0rd');
});

it.each([
  ['SQL_CONECTION', 'SQL_CONECTION is set and read by nobody; is SQL_CONNECTION meant?'],
  ['Log_Level', 'Log_Level is set and read by nobody; is LOG_LEVEL meant?'],
  ['AUTH_TENANT', 'AUTH_TENANT is set and read by nobody'],
])('warns of %s, which looks like a setting and is none', (name, warning) => {
  read({ [name]: 'x' });
  expect(warned).toEqual([warning]);
});

it.each(['PATH', 'HOSTNAME', 'OTEL_SERVICE_NAME', 'AZURE_TENANT_ID', 'RECEIPT_URL', 'SERVICE_BUS_CONNECTION__clientId', 'CONTAINER_APP_NAME'])('says nothing of %s, which is somebody else\'s', (name) => {
  read({ [name]: 'x' });
  expect(warned).toEqual([]);
});

it('says with a missing setting that another is almost called like it', () => {
  expect(messageOf(() => read({ AUTH_ISSUER: undefined, AUTH_ISUER: 'x' }))).toContain('AUTH_ISUER is set and read by nobody; is AUTH_ISSUER meant?');
});

it('describes every setting and gives an example that it would take itself', () => {
  for (const { name, description, example } of settingsOf(PlatformEnvironment)) {
    expect({ name, hasDescription: description.length > 5 }).toEqual({ name, hasDescription: true });
    expect(() => read({ [name]: example.replace('<tenant>', 'contoso').replace('IngestionEndpoint=https://…', '') })).not.toThrow();
  }
});

it('can log that the level is wrong', () => {
  expect([logLevel({ LOG_LEVEL: 'loud' }), logLevel({ LOG_LEVEL: 'debug' }), logLevel({})]).toEqual(['info', 'debug', 'info']);
});

it('lets no page of another origin in when nobody says which', () => {
  expect([undefined, '', ' , '].map((given) => TillOrigins.parse(given))).toEqual([[], [], []]);
});

it('takes the origins of tills as browsers send them, and nothing that is nearly one', () => {
  expect(TillOrigins.parse('https://till.example, http://127.0.0.1:8080')).toEqual(['https://till.example', 'http://127.0.0.1:8080']);
  for (const wrong of ['https://till.example/', 'https://till.example/app', 'https://Till.example', 'https://till.example:443', 'till.example', '*', 'https://*.example', 'null', 'file:///', 'https://a.example https://b.example']) {
    expect([wrong, TillOrigins.safeParse(wrong).success]).toEqual([wrong, false]);
  }
});
