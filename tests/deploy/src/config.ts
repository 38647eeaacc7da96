import { parseArgs } from 'node:util';
import { TemporaryDirectory } from '@checkout/local-network';
import { askedOfAzure, azureSettings } from './azure.ts';
import { composeSettings } from './compose.ts';
import { effectiveSettings, places, type Place } from './effective.ts';
import { localSettings } from './local.ts';
import type { Settings } from './programs.ts';
import { Tree } from './tree.ts';

// `npm run config -- --for azure|compose|local [--size medium]`: what every program is told there, as it reads it. Secrets are masked.

const { values } = parseArgs({ options: { for: { type: 'string', default: 'local' }, size: { type: 'string', default: 'small' } } });
const place = places.find((each) => each === values.for);
const size = (['small', 'medium', 'large'] as const).find((each) => each === values.size);
if (!place || !size) {
  process.stderr.write(`Say which: npm run config -- --for ${places.join('|')} [--size small|medium|large]\n`);
  process.exit(2);
}

process.stdout.write(effectiveSettings(given(place)));

function given(where: Place): ReadonlyMap<string, Settings> {
  if (where === 'azure') return azureSettings(askedOfAzure(Tree.root, size ?? 'small'));
  if (where === 'compose') return composeSettings(Tree.root);
  using stateDirectory = new TemporaryDirectory('checkout-config-');
  return localSettings(stateDirectory.path);
}
