// Where images are pushed by the pipeline and pulled by the services. No admin user: identities only.

param location string
param suffix string
param tier 'Basic' | 'Standard' | 'Premium'

@description('Principal ids by service.')
param pullers object

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers#acrpull
var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: replace('cr${suffix}', '-', '')
  location: location
  sku: { name: tier }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for puller in items(pullers): {
  name: guid(registry.id, puller.key, acrPull)
  scope: registry
  properties: { roleDefinitionId: acrPull, principalId: puller.value, principalType: 'ServicePrincipal' }
}]

output host string = registry.properties.loginServer
