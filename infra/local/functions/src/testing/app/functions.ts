import { app } from '@azure/functions';

/** What has happened, for the test to ask for. */
const seen: unknown[] = [];

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === 'refuse') throw new Error('refused by a hook');
});

app.http('seen', { methods: ['GET'], route: 'seen', handler: () => ({ jsonBody: seen }) });

app.http('greet', {
  methods: ['POST'],
  route: 'people/{name}/greetings/{tone?}',
  handler: async (request, context) => ({
    status: 201,
    headers: { 'x-function': context.functionName },
    jsonBody: { name: request.params['name'], tone: request.params['tone'] ?? null, loud: request.query.get('loud'), said: await request.json(), by: request.headers.get('x-by') },
  }),
});

app.http('greetEverybody', { methods: ['POST'], route: 'people/everybody/greetings', handler: () => ({ jsonBody: { name: 'everybody' } }) });
app.http('fail', { methods: ['GET'], route: 'fail', handler: () => { throw new Error('as planned'); } });
app.http('refuse', { methods: ['GET'], route: 'refuse', handler: () => ({ body: 'never' }) });

app.timer('tick', { schedule: '%TICK_SCHEDULE%', handler: (timer) => void seen.push({ tick: timer.isPastDue }) });

app.serviceBusTopic('third-time', {
  connection: 'BUS', topicName: 'orders', subscriptionName: 'third-time',
  handler: (message, context) => {
    const { deliveryCount, messageId, applicationProperties } = context.triggerMetadata ?? {};
    seen.push({ message, deliveryCount, messageId, applicationProperties });
    if (Number(deliveryCount) < 3) throw new Error('not yet');
  },
});

app.serviceBusTopic('in-order', {
  connection: 'BUS', topicName: 'orders', subscriptionName: 'in-order', isSessionsEnabled: true,
  handler: (message, context) => void seen.push({ inOrder: message, session: context.triggerMetadata?.['sessionId'] }),
});
