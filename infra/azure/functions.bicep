// The dead-letter desk and the timers: an Azure Functions app on the Flex Consumption plan, with identities instead of keys.

param location string
param suffix string
param identity { id: string, clientId: string, principalId: string, *: string }
param serviceBusHost string
param sqlServerHost string
param auth { issuer: string, audience: string, jwksUrl: string }
param imageTag string

@description('Where the services are found: the desk asks them what a replay would do.')
param servicesDomain string

@description('Empty: no network of our own.')
param subnetId string
param applicationInsightsConnectionString string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage#storage-blob-data-owner
var blobDataOwner = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take(replace('st${suffix}', '-', ''), 24)
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: { allowSharedKeyAccess: false, allowBlobPublicAccess: false, minimumTlsVersion: 'TLS1_2' }

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = {
      name: 'packages'
    }
  }
}

resource mayOwnBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.principalId, blobDataOwner)
  scope: storage
  properties: { roleDefinitionId: blobDataOwner, principalId: identity.principalId, principalType: 'ServicePrincipal' }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${suffix}'
  location: location
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${suffix}'
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}packages'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: [
        { name: 'AzureWebJobsStorage__accountName', value: storage.name }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.clientId }
        // A host name and an identity, as triggers take them; the desk's own client reads the host name from here too.
        { name: 'SERVICE_BUS_CONNECTION__fullyQualifiedNamespace', value: serviceBusHost }
        { name: 'SERVICE_BUS_CONNECTION__credential', value: 'managedidentity' }
        { name: 'SERVICE_BUS_CONNECTION__clientId', value: identity.clientId }
        { name: 'SQL_CONNECTION', value: 'Server=tcp:${sqlServerHost},1433;Database=operations;Authentication=Active Directory Default;Encrypt=true' }
        { name: 'AUTH_ISSUER', value: auth.issuer }
        { name: 'AUTH_AUDIENCE', value: auth.audience }
        { name: 'AUTH_JWKS_URL', value: auth.jwksUrl }
        { name: 'CART_URL', value: 'https://cart.${servicesDomain}' }
        { name: 'ORCHESTRATOR_URL', value: 'https://orchestrator.${servicesDomain}' }
        { name: 'INVENTORY_URL', value: 'https://inventory.${servicesDomain}' }
        { name: 'PAYMENT_URL', value: 'https://payment.${servicesDomain}' }
        { name: 'RECEIPT_URL', value: 'https://receipt.${servicesDomain}' }
        { name: 'LOG_LEVEL', value: 'info' }
        // Without limits Node lets garbage lie as long as there is room. What the desk needs at the most is measured with these (docs/performance.md).
        { name: 'languageWorkers__node__arguments', value: '--max-old-space-size=96 --max-semi-space-size=4' }
        { name: 'SERVICE_VERSION', value: imageTag }
        { name: 'AZURE_CLIENT_ID', value: identity.clientId }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsightsConnectionString }
      ]
    }
  }
  dependsOn: [mayOwnBlobs]
}
