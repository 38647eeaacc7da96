// One service. A new revision gets traffic when it is ready, and the old one keeps running until then: nothing is down during a deploy.

param name string
param location string
param environmentId string
param image string
param registryHost string
param identity { id: string, clientId: string, *: string }
param replica { cpu: string, memory: string, min: int, max: int }
param serviceBusHost string

@description('What the number of replicas follows, beside HTTP.')
param subscriptions { topic: string, subscription: string }[]
param settings { name: string, value: string }[]

@description('Settings that come from the key vault, each by the name of its secret there.')
param secrets { setting: string, secret: string }[]
param vaultUri string

var subscriptionRules = [for each in subscriptions: {
  name: '${each.topic}-depth'
  custom: {
    type: 'azure-servicebus'
    metadata: {
      namespace: split(serviceBusHost, '.')[0]
      topicName: each.topic
      subscriptionName: each.subscription
      // About what one replica works off in a second (docs/scaling.md).
      messageCount: '200'
    }
    identity: identity.id
  }
}]

var secretSettings = [for each in secrets: { name: each.setting, secretRef: each.secret }]

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 5
      // Tills and people's browsers come from outside, as do the desk and the payment provider's webhooks. Each request brings a token or a signature.
      ingress: { external: true, targetPort: 8080, transport: 'http', allowInsecure: false }
      secrets: [for each in secrets: { name: each.secret, keyVaultUrl: '${vaultUri}secrets/${each.secret}', identity: identity.id }]
      registries: [{ server: registryHost, identity: identity.id }]
    }
    template: {
      // Longer than a service needs to finish what it has begun (25 s).
      terminationGracePeriodSeconds: 40
      containers: [
        {
          name: name
          image: image
          resources: { cpu: json(replica.cpu), memory: replica.memory }
          env: concat(settings, secretSettings)
          probes: [
            { type: 'Startup', httpGet: { path: '/health/started', port: 8080 }, periodSeconds: 2, failureThreshold: 60 }
            { type: 'Liveness', httpGet: { path: '/health/live', port: 8080 }, periodSeconds: 10, failureThreshold: 6 }
            // Ready stays true while a dependency is down: the service pauses by itself, and restarting it would help nobody.
            { type: 'Readiness', httpGet: { path: '/health/ready', port: 8080 }, periodSeconds: 5, failureThreshold: 3 }
          ]
        }
      ]
      scale: {
        minReplicas: replica.min
        maxReplicas: replica.max
        rules: concat([{ name: 'http', http: { metadata: { concurrentRequests: '50' } } }], subscriptionRules)
      }
    }
  }
}
