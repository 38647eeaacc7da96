// Brings every database to the schema of the image, once, before its revision starts: `az containerapp job start --name migrate`.
// Steps only expand what the old revision uses (docs/deploy.md), so the old one goes on meanwhile.

param location string
param environmentId string
param registryHost string
param imageTag string
param identity { id: string, clientId: string, *: string }
param sqlServerHost string

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'migrate'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 1800
      // A migration that failed is looked at by a person, not tried again.
      replicaRetryLimit: 0
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      registries: [{ server: registryHost, identity: identity.id }]
    }
    template: {
      containers: [
        {
          name: 'migrate'
          image: '${registryHost}/checkout-migrate:${imageTag}'
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'SQL_CONNECTION', value: 'Server=tcp:${sqlServerHost},1433;Authentication=Active Directory Default;Encrypt=true' }
            { name: 'AZURE_CLIENT_ID', value: identity.clientId }
          ]
        }
      ]
    }
  }
}
