// Where the services run: a Container Apps environment, in our own network when there is one.

param location string
param suffix string
param zoneRedundant bool

@description('Empty: the platform\'s own network.')
param subnetId string
param workspaceName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${suffix}'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: { customerId: workspace.properties.customerId, sharedKey: workspace.listKeys().primarySharedKey }
    }
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: false }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    // Zones need a network of our own.
    zoneRedundant: zoneRedundant
  }
}

output environmentId string = environment.id
output defaultDomain string = environment.properties.defaultDomain
