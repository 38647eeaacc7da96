import { costsPage, withCosts } from './costs.ts';
import { Tree } from './tree.ts';

it('stands in docs/deploy.md as infra/azure rents it (else run tests/deploy/src/write-costs.ts)', () => {
  const page = Tree.root.read('docs/deploy.md');
  expect(page).toBe(withCosts(page, costsPage()));
});

describe('another cost is noticed when', () => {
  it.each<[string, string, string, string]>([
    ['more is rented', 'infra/azure/sizes.bicep', "tier: 'Premium', messagingUnits: 4", "tier: 'Premium', messagingUnits: 8"],
    ['a replica grows', 'infra/azure/sizes.bicep', "cpu: '0.5'", "cpu: '1.0'"],
    ['a price changes', 'infra/azure/prices.json', '"price": 0.9275', '"price": 0.95'],
  ])('%s', (_, path, right, wrong) => {
    expect(Tree.withMistake(path, right, wrong, costsPage)).not.toBe(costsPage());
  });

  it('something is rented that nobody has put a price to', () => {
    expect(() => Tree.withMistake('infra/azure/sizes.bicep', "registry: 'Basic'\n    zone", "registry: 'Standard'\n    zone", costsPage)).toThrow(/no meter/);
  });
});
