// The namespace with every topic, subscription and rule. Entities come from libs/contracts/src/topology.ts by way of
// libs/contracts/generated/azure-service-bus.json: change them there and run `npm run generate`.

param location string
param suffix string
param tier 'Standard' | 'Premium'
param messagingUnits int
param isPublic bool
param workspaceId string

var entities = loadJsonContent('../../libs/contracts/generated/azure-service-bus.json')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-${suffix}'
  location: location
  sku: { name: tier, tier: tier, capacity: tier == 'Premium' ? messagingUnits : null }
  properties: {
    // Identities only: a connection string with a key is refused.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }
}

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [for topic in entities.topics: {
  parent: namespace
  name: topic.name
  properties: {
    defaultMessageTimeToLive: topic.defaultMessageTimeToLive
    requiresDuplicateDetection: topic.requiresDuplicateDetection
    duplicateDetectionHistoryTimeWindow: topic.duplicateDetectionHistoryTimeWindow
    maxSizeInMegabytes: topic.maxSizeInMegabytes
    supportOrdering: true
  }
}]

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [for subscription in entities.subscriptions: {
  name: '${namespace.name}/${subscription.topic}/${subscription.name}'
  properties: {
    requiresSession: subscription.requiresSession
    lockDuration: subscription.lockDuration
    defaultMessageTimeToLive: subscription.defaultMessageTimeToLive
    maxDeliveryCount: subscription.maxDeliveryCount
    deadLetteringOnMessageExpiration: true
    // A rule that cannot be evaluated must not make a message vanish.
    deadLetteringOnFilterEvaluationExceptions: true
  }
  dependsOn: [topics]
}]

// A subscription is made with a rule that takes everything, named $Default. This replaces it: the name must stay.
resource rules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [for subscription in entities.subscriptions: {
  name: '${namespace.name}/${subscription.topic}/${subscription.name}/$Default'
  properties: {
    filterType: 'SqlFilter'
    sqlFilter: { sqlExpression: subscription.filter }
  }
  dependsOn: [subscriptions]
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'all'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output namespaceId string = namespace.id
output namespaceName string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
