// One logical server, a database for each service: its own outage, its own breaker, its own size when the time comes.

param location string
param suffix string
param databaseNames string[]

@description('The elastic pool that holds all databases, or null for databases that stand alone.')
param pool { name: string, tier: string, capacity: int, maxPerDatabase: int }?

@description('The service objective of a database that stands alone.')
param database { name: string, tier: string, capacity: int }
param zoneRedundant bool
param administrators { name: string, objectId: string }
param isPublic bool

@description('Region of a readable copy of every database; empty for none.')
param geoSecondaryLocation string
param workspaceId string

var isPooled = pool != null

resource server 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-${suffix}'
  location: location
  properties: {
    minimalTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
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

// Container Apps without a network of their own have no fixed address. Identities still have to be users of the database.
resource fromAzure 'Microsoft.Sql/servers/firewallRules@2023-08-01' = if (isPublic) {
  parent: server
  name: 'AllowAllWindowsAzureIps'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource elasticPool 'Microsoft.Sql/servers/elasticPools@2023-08-01' = if (isPooled) {
  parent: server
  name: 'pool-${suffix}'
  location: location
  sku: { name: pool.?name ?? database.name, tier: pool.?tier ?? database.tier, capacity: pool.?capacity ?? database.capacity }
  properties: {
    perDatabaseSettings: { minCapacity: 0, maxCapacity: pool.?maxPerDatabase ?? 0 }
    zoneRedundant: zoneRedundant && pool.?tier != 'Standard'
  }
}

resource databases 'Microsoft.Sql/servers/databases@2023-08-01' = [for name in databaseNames: {
  parent: server
  name: name
  location: location
  sku: isPooled ? { name: 'ElasticPool', tier: pool.?tier } : { name: database.name, tier: database.tier, capacity: database.capacity }
  properties: {
    elasticPoolId: isPooled ? elasticPool.id : null
    // Ids and keys state their own binary collation; names are compared as people do.
    collation: 'SQL_Latin1_General_CP1_CI_AS'
    zoneRedundant: zoneRedundant && database.tier != 'Standard'
    requestedBackupStorageRedundancy: empty(geoSecondaryLocation) ? 'Zone' : 'Geo'
  }
}]

// Point-in-time restore for as long as a tenant may ask for it; a year of months for the tax office.
resource shortTerm 'Microsoft.Sql/servers/databases/backupShortTermRetentionPolicies@2023-08-01' = [for (name, index) in databaseNames: {
  parent: databases[index]
  name: 'default'
  properties: { retentionDays: 14 }
}]

resource longTerm 'Microsoft.Sql/servers/databases/backupLongTermRetentionPolicies@2023-08-01' = [for (name, index) in databaseNames: {
  parent: databases[index]
  name: 'default'
  properties: { weeklyRetention: 'P5W', monthlyRetention: 'P12M', yearlyRetention: 'P0Y', weekOfYear: 1 }
}]

resource audit 'Microsoft.Sql/servers/auditingSettings@2023-08-01' = {
  parent: server
  name: 'default'
  properties: { state: 'Enabled', isAzureMonitorTargetEnabled: true }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [for (name, index) in databaseNames: {
  name: 'all'
  scope: databases[index]
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'SQLSecurityAuditEvents', enabled: true }
      { category: 'Errors', enabled: true }
      { category: 'Timeouts', enabled: true }
      { category: 'Blocks', enabled: true }
      { category: 'Deadlocks', enabled: true }
    ]
    metrics: [{ category: 'Basic', enabled: true }]
  }
}]

module secondary 'sql-geo-secondary.bicep' = if (!empty(geoSecondaryLocation)) {
  name: 'sql-geo-secondary'
  params: {
    location: geoSecondaryLocation
    suffix: suffix
    administrators: administrators
    primaryServerName: server.name
    databaseIds: [for (name, index) in databaseNames: databases[index].id]
  }
}

output serverId string = server.id
output host string = server.properties.fullyQualifiedDomainName
output databaseIds string[] = [for (name, index) in databaseNames: databases[index].id]
