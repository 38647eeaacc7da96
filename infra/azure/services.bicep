// Every service with its settings, and the jobs that migrate the databases before a new revision starts.
// A test holds the settings against each service's configuration schema.

param location string

@description('False: only the jobs that migrate. What runs goes on as it is.')
param hasApps bool
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
@description('Where the till in the browser is loaded from: its pages may call what a till needs.')
param tillOrigin string
param provider { url: string, mode: 'live' | 'test' }
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
  { name: 'SERVICE_VERSION', value: imageTag }
]

// `subscriptions` are what the number of replicas follows; a subscription has eight partitions, so more than eight replicas have nothing to do.
// `secrets` are names in the key vault.
var services = [
  {
    name: 'cart'
    subscriptions: [{ topic: 'cart-commands', subscription: 'cart' }]
    settings: [{ name: 'ORCHESTRATOR_URL', value: 'https://orchestrator.${defaultDomain}' }, { name: 'TILL_ORIGINS', value: tillOrigin }]
    secrets: [{ setting: 'OFFLINE_LIMITS_KEY', secret: 'offline-limits-key' }]
  }
  {
    name: 'orchestrator'
    subscriptions: [{ topic: 'checkout-requests', subscription: 'orchestrator' }, { topic: 'checkout-replies', subscription: 'orchestrator' }]
    settings: []
    secrets: []
  }
  {
    name: 'inventory'
    subscriptions: [{ topic: 'inventory-commands', subscription: 'inventory' }]
    settings: []
    secrets: []
  }
  {
    name: 'payment'
    subscriptions: [{ topic: 'payment-commands', subscription: 'payment' }]
    settings: [{ name: 'PROVIDER_URL', value: provider.url }, { name: 'PROVIDER_MODE', value: provider.mode }]
    secrets: [{ setting: 'PROVIDER_WEBHOOK_SECRETS', secret: 'provider-webhook-secrets' }]
  }
  {
    name: 'receipt'
    subscriptions: [{ topic: 'receipt-commands', subscription: 'receipt' }]
    settings: [{ name: 'ORCHESTRATOR_URL', value: 'https://orchestrator.${defaultDomain}' }, { name: 'TILL_ORIGINS', value: tillOrigin }]
    secrets: []
  }
]

var databases = [
  { service: 'cart', name: 'cart' }
  { service: 'orchestrator', name: 'orchestrator' }
  { service: 'inventory', name: 'inventory' }
  { service: 'payment', name: 'payment' }
  { service: 'receipt', name: 'receipt' }
  { service: 'functions', name: 'operations' }
]

module migrations 'migration-job.bicep' = [for database in databases: {
  name: 'migrate-${database.service}'
  params: {
    service: database.service
    location: location
    environmentId: environmentId
    registryHost: registryHost
    imageTag: imageTag
    identity: identity.migrator
    serviceIdentity: '${identity[database.service].name}=${identity[database.service].clientId}'
    connection: 'Server=tcp:${sqlServerHost},1433;Database=${database.name};Authentication=Active Directory Default;Encrypt=true'
  }
}]

module apps 'container-app.bicep' = [for service in services: if (hasApps) {
  name: 'service-${service.name}'
  params: {
    name: service.name
    location: location
    environmentId: environmentId
    image: '${registryHost}/checkout-${service.name}:${imageTag}'
    registryHost: registryHost
    identity: identity[service.name]
    replica: replica
    serviceBusHost: serviceBusHost
    subscriptions: service.subscriptions
    vaultUri: vaultUri
    secrets: service.secrets
    settings: concat(common, service.settings, [
      { name: 'SQL_CONNECTION', value: 'Server=tcp:${sqlServerHost},1433;Database=${service.name};Authentication=Active Directory Default;Encrypt=true' }
      { name: 'AZURE_CLIENT_ID', value: identity[service.name].clientId }
    ])
  }
}]

output frontDoorUrl string = 'https://cart.${defaultDomain}'
