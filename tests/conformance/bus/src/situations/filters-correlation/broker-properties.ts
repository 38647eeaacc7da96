import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'a correlation filter compares any of the message\'s own properties',
  source: documented('topic-filters', 'Correlation filters'),
  messages: {
    plain: {}, correlated: { correlationId: 'x' }, named: { messageId: 'x' }, addressed: { to: 'x' }, answered: { replyTo: 'x' }, labelled: { subject: 'x' },
    grouped: { sessionId: 'x' }, 'answered in a group': { replyToSessionId: 'x' }, typed: { contentType: 'x' },
  },
  chosen: [
    [{ correlationId: 'x' }, ['correlated']], [{ messageId: 'x' }, ['named']], [{ to: 'x' }, ['addressed']], [{ replyTo: 'x' }, ['answered']],
    [{ subject: 'x' }, ['labelled']], [{ sessionId: 'x' }, ['grouped']], [{ replyToSessionId: 'x' }, ['answered in a group']], [{ contentType: 'x' }, ['typed']],
  ],
});
