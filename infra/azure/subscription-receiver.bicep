// One right to receive from one subscription, its dead-letter queue included.

param namespaceName string
param topicName string
param subscriptionName string
param principalId string
param roleDefinitionId string

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName

  resource topic 'topics' existing = {
    name: topicName

    resource subscription 'subscriptions' existing = {
      name: subscriptionName
    }
  }
}

resource mayReceive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::topic::subscription.id, principalId, roleDefinitionId)
  scope: namespace::topic::subscription
  properties: { roleDefinitionId: roleDefinitionId, principalId: principalId, principalType: 'ServicePrincipal' }
}
