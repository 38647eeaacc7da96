import type { app as App } from '@azure/functions';
import { operations } from '@checkout/contracts';
import type { Desk } from '../desk.ts';
import { patiently } from './patiently.ts';

/** What services tell of themselves on `operations`: breakers, and what became of replays. Other news is not for the desk. */
export function hearOperations(app: typeof App, desk: Desk): void {
  app.serviceBusTopic('hear-operations', {
    connection: 'SERVICE_BUS_CONNECTION',
    topicName: 'operations',
    subscriptionName: 'desk',
    handler: async (body, context) => {
      const properties = context.triggerMetadata?.['applicationProperties'] as Readonly<Record<string, unknown>> | undefined;
      // The host shows metadata names in camel case, property names as they are.
      const type = properties?.['cloudEvents:type'] ?? context.triggerMetadata?.['subject'];
      if (type === operations.BreakerChanged.type) {
        const { service, instance = service, dependency, state, cause, incidentId, at } = operations.BreakerChanged.parse(body).body;
        await patiently(() => desk.reports.breakerChanged({ service, instance, dependency, state, at: new Date(at), ...(cause !== undefined && { cause }), ...(incidentId !== undefined && { incidentId }) }));
      } else if (type === operations.ReplayHandled.type) {
        await patiently(() => desk.reports.replayHandled(operations.ReplayHandled.parse(body).body));
      }
    },
  });
}
