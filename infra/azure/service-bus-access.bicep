// Who may send to which topic and receive from which subscription: nobody more than the topology says. A till's bridge or a back-office
// system gets its own assignment the same way.

param namespaceName string

@description('Principal ids by service.')
param principalIds object

var entities = loadJsonContent('../../libs/contracts/generated/azure-service-bus.json')

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/integration
var dataSender = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39')
var dataReceiver = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = [for sender in entities.senders: {
  parent: namespace
  name: sender.topic
}]

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (sender, index) in entities.senders: {
  name: guid(topics[index].id, sender.service, dataSender)
  scope: topics[index]
  properties: { roleDefinitionId: dataSender, principalId: principalIds[sender.service], principalType: 'ServicePrincipal' }
}]

module mayReceive 'subscription-receiver.bicep' = [for receiver in entities.receivers: {
  name: 'receive-${receiver.topic}-${receiver.subscription}-${receiver.service}'
  params: {
    namespaceName: namespaceName
    topicName: receiver.topic
    subscriptionName: receiver.subscription
    principalId: principalIds[receiver.service]
    roleDefinitionId: dataReceiver
  }
}]
