import { z } from 'zod';
import { catalogue } from '../catalogue.ts';
import { topology } from '../topology.ts';
import { azureServiceBus } from './azure.ts';
import { emulatorConfig } from './emulator.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every generated file by its path below `libs/contracts/generated`. Checked in, so that a changed message is a visible change. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { type, schema } of catalogue.values()) {
    const { $schema, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' });
    files.set(`schemas/${type}.json`, json({ $schema, $id: `https://schemas.scanlon-checkout.dev/${type}.json`, title: type, ...rest }));
  }
  files.set('service-bus.json', json(emulatorConfig()));
  files.set('azure-service-bus.json', json(azureServiceBus()));
  files.set('messages.md', messagesPage());
  return files;
}

function messagesPage(): string {
  const rows = topology.flatMap((topic) => [
    `## ${topic.name}`,
    '',
    `Carries ${topic.carries}. Subscriptions: ${topic.subscriptions.map(({ name, requiresSession }) => `\`${name}\`${requiresSession ? ' (partitioned by store)' : ''}`).join(', ')}.`,
    '',
    '| message | kind | schema |',
    '|---|---|---|',
    ...[...catalogue.values()]
      .filter((contract) => contract.topic === topic.name)
      .map(({ type, kind }) => `| \`${type}\` | ${kind} | [${type}.json](schemas/${type}.json) |`),
    '',
  ]);
  return ['# Messages and topics', '', 'Generated from `libs/contracts` by `npm run generate`.', '', ...rows].join('\n');
}
