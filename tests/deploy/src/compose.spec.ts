import { composeFaults } from './compose.ts';
import { Tree } from './tree.ts';

it('starts in compose what runs on a laptop, with the settings that each program reads', () => {
  expect(composeFaults(Tree.root)).toEqual([]);
});

describe('a mistake in compose is found:', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['a key that compose does not know', 'docker-compose.yml', 'stop_grace_period: 40s', 'stop_grace: 40s', /invalid-schema|stop_grace/],
    ['YAML that is none', 'docker-compose.yml', 'services:\n  sql:', 'services:\n sql:\n   - [', /YAML|parse|Error/i],
    ['an image that moves', 'docker-compose.yml', 'grafana/grafana:11.5.2', 'grafana/grafana:latest', /no fixed version|latest/],
    ['a port for everybody in the network', 'docker-compose.yml', "'127.0.0.1:8081:8081'", "'8081:8081'", /8081|interface/],
    ['another port than on a laptop', 'docker-compose.yml', 'PORT: 8083', 'PORT: 8093', /inventory is not on port 8083/],
    ['a setting that is missing', 'docker-compose.yml', ', PROVIDER_URL: \'http://provider:8091\'', '', /compose\/payment: PROVIDER_URL is not set/],
    ['webhooks that are not signed', 'docker-compose.yml', ', PROVIDER_WEBHOOK_SECRETS: *webhook-secrets', '', /payment: PROVIDER_WEBHOOK_SECRETS is not given/],
    ['webhooks signed with another secret', 'docker-compose.yml', 'PROVIDER_WEBHOOK_SECRETS: *webhook-secrets', 'PROVIDER_WEBHOOK_SECRETS: whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCBhbHRvZ2V0aGVy', /another secret than payment/],
    ['webhooks that go nowhere', 'docker-compose.yml', '/v1/provider-webhooks', '/v1/webhooks', /to where nobody takes them/],
    ['an image that nobody asks how it is', 'Dockerfile', 'FROM runtime AS cart\n', 'FROM runtime AS cart\nHEALTHCHECK NONE\n', /shops waits until cart is healthy, which nobody finds out/],
    ['a setting that nobody reads', 'docker-compose.yml', 'LOG_LEVEL: info', 'LOGLEVEL: info', /LOGLEVEL is read by nobody/],
    ['another service\'s database', 'docker-compose.yml', 'Database=receipt;', 'Database=cart;', /compose\/receipt: SQL_CONNECTION is not of the database receipt/],
    ['an address where nobody is', 'docker-compose.yml', 'http://orchestrator:8082', 'http://orchestrator:8083', /nobody listens at orchestrator:8083/],
    ['a target that the Dockerfile has not', 'docker-compose.yml', 'target: shops', 'target: shop', /built from shop/],
    ['a program that is not laid out', 'Dockerfile', 'services/payment services/receipt', 'services/payment', /copies services\/receipt, which it has not laid out/],
    ['an image that runs as root', 'Dockerfile', 'USER node\n', '', /images run as root/],
    ['a database that nobody makes', 'infra/compose/databases.sh', ' operations;', ';', /does not make operations/],
    ['a service that nobody scrapes', 'infra/compose/prometheus.yaml', ", 'receipt:8085'", '', /Prometheus does not look at receipt/],
    ['a file that is not there', 'docker-compose.yml', './infra/compose/collector.yaml', './infra/compose/otel.yaml', /mounts .*otel.yaml/],
    ['a service that does not wait for its tables', 'docker-compose.yml', ', cart-migrate: { condition: service_completed_successfully }', '', /cart does not wait/],
    ['an image that can be written to', 'docker-compose.yml', '  read_only: true\n', '', /may write to its own image/],
  ])('%s', (_, path, right, wrong, says) => {
    expect(Tree.withMistake(path, right, wrong, composeFaults)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });
});
