import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'sys names the message\'s own properties, user the application\'s, and user is meant when neither is named',
  source: documented('service-bus-messaging-sql-filter', 'Arguments'),
  messages: {
    own: { subject: 'x', messageId: 'm', correlationId: 'c', to: 't', replyTo: 'r', contentType: 'text', sessionId: 's', replyToSessionId: 'rs' },
    application: { applicationProperties: { Label: 'x', MessageId: 'm' } },
  },
  chosen: [
    ["sys.Label = 'x'", ['own']], ["Label = 'x'", ['application']], ["user.Label = 'x'", ['application']], ["sys.MessageId = 'm'", ['own']], ["MessageId = 'm'", ['application']],
    ["sys.CorrelationId = 'c' AND sys.To = 't' AND sys.ReplyTo = 'r' AND sys.ContentType = 'text' AND sys.SessionId = 's' AND sys.ReplyToSessionId = 'rs'", ['own']],
  ],
});
