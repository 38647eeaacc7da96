// Brings one service's database to the schema of its image, before its revision starts: `az containerapp job start --name migrate-cart`. It also
// makes the service's identity a user of that database. Steps only expand what the old revision uses (docs/deploy.md), so that one goes on meanwhile.

param service string
param location string
param environmentId string
param registryHost string
param imageTag string
param identity { id: string, clientId: string, *: string }

@description('Name and client id of the identity that becomes the service\'s user.')
param serviceIdentity string
param connection string

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'migrate-${service}'
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
          image: '${registryHost}/checkout-${service}:${imageTag}'
          command: ['node', 'dist/migrate.js']
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'SQL_CONNECTION', value: connection }
            { name: 'SERVICE_IDENTITY', value: serviceIdentity }
            { name: 'AZURE_CLIENT_ID', value: identity.clientId }
          ]
        }
      ]
    }
  }
}
