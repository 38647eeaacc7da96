// Every service with its settings, and the job that migrates the databases before a new revision takes traffic.
// A test holds the settings against each service's configuration schema.

param location string
param environmentId string
param defaultDomain string
param registryHost string
param imageTag string

@description('Identities by service, as identities.bicep makes them.')
param identity object
param replica { cpu: string, memory: string, min: int, max: int }
param serviceBusHost string
param sqlServerHost string
param auth { issuer: string, audience: string, jwksUrl: string }
param providerUrl string
param vaultUri string
param applicationInsightsConnectionString string

var common = [
  { name: 'PORT', value: '8080' }
  // A host name, not a connection string: the identity is the credential.
  { name: 'SERVICE_BUS_CONNECTION', value: serviceBusHost }
  { name: 'AUTH_ISSUER', value: auth.issuer }
  { name: 'AUTH_AUDIENCE', value: auth.audience }
  { name: 'AUTH_JWKS_URL', value: auth.jwksUrl }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsightsConnectionString }
  { name: 'LOG_LEVEL', value: 'info' }
]

// `subscriptions` are what the number of replicas follows; a subscription has eight partitions, so more than eight replicas have nothing to do.
var services = [
  {
    name: 'cart'
    isFrontDoor: true
    subscriptions: [{ topic: 'cart-commands', subscription: 'cart' }]
    settings: [{ name: 'ORCHESTRATOR_URL', value: 'https://orchestrator.internal.${defaultDomain}' }]
  }
  {
    name: 'orchestrator'
    isFrontDoor: false
    subscriptions: [{ topic: 'checkout-requests', subscription: 'orchestrator' }, { topic: 'checkout-replies', subscription: 'orchestrator' }]
    settings: []
  }
  {
    name: 'inventory'
    isFrontDoor: false
    subscriptions: [{ topic: 'inventory-commands', subscription: 'inventory' }]
    settings: []
  }
  {
    name: 'payment'
    isFrontDoor: false
    subscriptions: [{ topic: 'payment-commands', subscription: 'payment' }]
    settings: [{ name: 'PROVIDER_URL', value: providerUrl }, { name: 'KEY_VAULT_URL', value: vaultUri }]
  }
  {
    name: 'receipt'
    isFrontDoor: false
    subscriptions: [{ topic: 'receipt-commands', subscription: 'receipt' }]
    settings: []
  }
]

module migrations 'migration-job.bicep' = {
  name: 'migrations'
  params: {
    location: location
    environmentId: environmentId
    registryHost: registryHost
    imageTag: imageTag
    identity: identity.migrator
    sqlServerHost: sqlServerHost
  }
}

module apps 'container-app.bicep' = [for service in services: {
  name: 'service-${service.name}'
  params: {
    name: service.name
    location: location
    environmentId: environmentId
    image: '${registryHost}/checkout-${service.name}:${imageTag}'
    registryHost: registryHost
    identity: identity[service.name]
    isExternal: service.isFrontDoor
    replica: replica
    serviceBusHost: serviceBusHost
    subscriptions: service.subscriptions
    settings: concat(common, service.settings, [
      { name: 'SQL_CONNECTION', value: 'Server=tcp:${sqlServerHost},1433;Database=${service.name};Authentication=Active Directory Default;Encrypt=true' }
      { name: 'AZURE_CLIENT_ID', value: identity[service.name].clientId }
    ])
  }
}]

output frontDoorUrl string = 'https://cart.${defaultDomain}'
