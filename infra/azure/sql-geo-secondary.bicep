// A second server in another region and the failover group between the two. Failing over is a decision of people (docs/runbooks): the copy is
// asynchronous, and the reconcilers must look at what the last seconds left.

param location string
param suffix string
param administrators { name: string, objectId: string }
param primaryServerName string
param databaseIds string[]

resource server 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-${suffix}-geo'
  location: location
  properties: {
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      login: administrators.name
      sid: administrators.objectId
      tenantId: tenant().tenantId
      principalType: 'Group'
    }
  }
}

resource primary 'Microsoft.Sql/servers@2023-08-01' existing = {
  name: primaryServerName
}

resource group 'Microsoft.Sql/servers/failoverGroups@2023-08-01' = {
  parent: primary
  name: 'fog-${suffix}'
  properties: {
    partnerServers: [{ id: server.id }]
    readWriteEndpoint: { failoverPolicy: 'Manual' }
    databases: databaseIds
  }
}
