// The whole system in one resource group: `az deployment group create --template-file main.bicep --parameters small.bicepparam`.
// One file for each thing that is rented; nothing here holds a secret.

import { Size, sizes } from 'sizes.bicep'

targetScope = 'resourceGroup'

@description('Short name of this environment, part of every resource name: `prod`, `test`.')
@minLength(2)
@maxLength(8)
param environmentName string

@description('How much is rented. See sizes.bicep.')
param size Size = 'small'

param location string = resourceGroup().location

@description('Tag of the images to run: the commit they were built from.')
param imageTag string

@description('The Entra group that administers the databases. There is no SQL password.')
param sqlAdministrators { name: string, objectId: string }

@description('Who issues the tills\' and operators\' tokens, and for whom.')
param auth { issuer: string, audience: string, jwksUrl: string }

@description('Where tills in browsers get their tokens. It must answer the till\'s origin (webUrl), and take a till\'s id and secret.')
param tillTokenUrl string

@description('The payment provider, and whether our account there is one for tests.')
param provider { url: string, mode: 'live' | 'test' }

@description('Where alerts are sent.')
param alertEmail string

@description('Where this repository\'s docs/runbooks are read: alerts link there.')
param runbooksUrl string

@description('Databases and the bus are reached through private endpoints only. Needs a Premium bus: medium or large.')
param privateNetwork bool = false

@description('A second region that holds a readable copy of every database, ready for failover; empty for none.')
param geoSecondaryLocation string = ''

@description('How far to go: to the registry that images are pushed to, to the jobs that migrate the databases, or all the way to what serves.')
param stage 'registry' | 'migrations' | 'all' = 'all'

var allotment = sizes[size]
var suffix = '${environmentName}-${uniqueString(resourceGroup().id, environmentName)}'
var serviceNames = ['cart', 'orchestrator', 'inventory', 'payment', 'receipt']
var identityNames = concat(serviceNames, ['functions', 'migrator'])
var identity = toObject(identities.outputs.entries, entry => entry.service)
var principalIds = toObject(identities.outputs.entries, entry => entry.service, entry => entry.principalId)

module identities 'identities.bicep' = {
  name: 'identities'
  params: { location: location, suffix: suffix, names: identityNames }
}

module observability 'observability.bicep' = {
  name: 'observability'
  params: { location: location, suffix: suffix, retentionDays: allotment.logRetentionDays }
}

module network 'network.bicep' = if (privateNetwork) {
  name: 'network'
  params: { location: location, suffix: suffix }
}

module registry 'registry.bicep' = {
  name: 'registry'
  params: { location: location, suffix: suffix, tier: allotment.registry, pullers: principalIds }
}

module vault 'key-vault.bicep' = {
  name: 'key-vault'
  params: { location: location, suffix: suffix, readers: [principalIds.payment, principalIds.cart], workspaceId: observability.outputs.workspaceId }
}

module serviceBus 'service-bus.bicep' = {
  name: 'service-bus'
  params: {
    location: location
    suffix: suffix
    tier: allotment.serviceBus.tier
    messagingUnits: allotment.serviceBus.messagingUnits
    isPublic: !privateNetwork
    workspaceId: observability.outputs.workspaceId
  }
}

module serviceBusAccess 'service-bus-access.bicep' = {
  name: 'service-bus-access'
  params: { namespaceName: serviceBus.outputs.namespaceName, principalIds: principalIds }
}

module sql 'sql.bicep' = {
  name: 'sql'
  params: {
    location: location
    suffix: suffix
    databaseNames: concat(serviceNames, ['operations'])
    pool: allotment.sqlPool
    database: allotment.database
    zoneRedundant: allotment.zoneRedundant
    administrators: sqlAdministrators
    isPublic: !privateNetwork
    geoSecondaryLocation: geoSecondaryLocation
    workspaceId: observability.outputs.workspaceId
  }
}

module privateEndpoints 'private-endpoints.bicep' = if (privateNetwork) {
  name: 'private-endpoints'
  params: {
    location: location
    suffix: suffix
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    serviceBusId: serviceBus.outputs.namespaceId
    sqlServerId: sql.outputs.serverId
    vaultId: vault.outputs.vaultId
  }
}

module environment 'container-environment.bicep' = {
  name: 'container-environment'
  params: {
    location: location
    suffix: suffix
    zoneRedundant: allotment.zoneRedundant && privateNetwork
    subnetId: privateNetwork ? network!.outputs.containerSubnetId : ''
    workspaceName: observability.outputs.workspaceName
  }
}

module services 'services.bicep' = if (stage != 'registry') {
  name: 'services'
  params: {
    location: location
    hasApps: stage == 'all'
    environmentId: environment.outputs.environmentId
    defaultDomain: environment.outputs.defaultDomain
    registryHost: registry.outputs.host
    imageTag: imageTag
    identity: identity
    replica: allotment.replica
    serviceBusHost: serviceBus.outputs.host
    sqlServerHost: sql.outputs.host
    auth: auth
    tillOrigin: web.outputs.url
    provider: provider
    vaultUri: vault.outputs.uri
    applicationInsightsConnectionString: observability.outputs.applicationInsightsConnectionString
  }
  dependsOn: [serviceBusAccess]
}

module functions 'functions.bicep' = if (stage == 'all') {
  name: 'functions'
  params: {
    location: location
    suffix: suffix
    identity: identity.functions
    serviceBusHost: serviceBus.outputs.host
    sqlServerHost: sql.outputs.host
    auth: auth
    imageTag: imageTag
    servicesDomain: environment.outputs.defaultDomain
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    applicationInsightsConnectionString: observability.outputs.applicationInsightsConnectionString
  }
  dependsOn: [serviceBusAccess]
}

module web 'web.bicep' = {
  name: 'web'
  params: { location: location, suffix: suffix }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    suffix: suffix
    alertEmail: alertEmail
    workspaceId: observability.outputs.workspaceId
    namespaceId: serviceBus.outputs.namespaceId
    databaseIds: sql.outputs.databaseIds
    runbooksUrl: runbooksUrl
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: { location: location, suffix: suffix, workspaceId: observability.outputs.workspaceId }
}

output registryHost string = registry.outputs.host
output serviceBusHost string = serviceBus.outputs.host
output sqlServerHost string = sql.outputs.host
output frontDoorUrl string = stage == 'all' ? services!.outputs.frontDoorUrl : ''
output webUrl string = web.outputs.url

// What services/web/site-for.mjs writes into the till: a Static Web App can pass calls on to one back end, and a till has two.
output tillAddresses { cart: string, receipt: string, token: string, scope: string } = {
  cart: 'https://cart.${environment.outputs.defaultDomain}'
  receipt: 'https://receipt.${environment.outputs.defaultDomain}'
  token: tillTokenUrl
  scope: '${auth.audience}/.default'
}
