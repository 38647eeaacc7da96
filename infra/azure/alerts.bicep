// When to call somebody, and what for. Each alert names the page that says what to do: docs/runbooks/<name>.md (a test holds the two together).

param location string
param suffix string

@description('Who is called.')
param alertEmail string
param workspaceId string
param namespaceId string
param databaseIds string[]

@description('Where the runbooks are read.')
param runbooksUrl string

// What services write to their logs. The texts are those of libs/*/src and services/*/src, and a test looks for them there.
var logAlerts = [
  {
    name: 'breaker-open'
    says: 'A dependency is away: a breaker has opened'
    severity: 1
    texts: ['database unavailable: breaker opened', 'payment provider unavailable: breaker opened']
    moreThan: 0
    windowMinutes: 5
  }
  {
    name: 'credentials'
    says: 'A credential is refused: an identity, a role or a key is wrong'
    severity: 1
    texts: ['Login failed for user', 'UnauthorizedAccess', 'CredentialUnavailableError', 'AggregateAuthenticationError']
    moreThan: 3
    windowMinutes: 5
  }
  {
    name: 'invariant-violated'
    says: 'Two truths about one sale: money, stock or a connection is not what it must be'
    severity: 0
    texts: [
      'checkout was told a second, different end; the first stands'
      'the provider contradicts what we know'
      'the provider\'s ledger is not what ours says'
      'a connection with an open transaction was found and closed'
      'a statement was kept from the rows of another tenant'
    ]
    moreThan: 0
    windowMinutes: 5
  }
  {
    name: 'silent-consumer'
    says: 'A service does not hear the bus'
    severity: 1
    texts: ['the Service Bus client has stopped working and is replaced', 'no partition could be taken, trying again']
    moreThan: 10
    windowMinutes: 15
  }
  {
    name: 'needs-attention'
    says: 'A checkout or a payment waits for a person'
    severity: 2
    texts: ['checkout needs attention', 'a payment needs attention']
    moreThan: 0
    windowMinutes: 5
  }
]

// What services count, once a minute from each process (libs/observability/src/exported-metrics.ts; a test holds the two together). `measure` is a
// column of AppMetrics: what was added in that minute, or the least that a level was.
var metricAlerts = [
  {
    name: 'accept-failing'
    says: 'Checkouts go round cart\'s database, or are turned away'
    severity: 1
    metric: 'accept_total'
    where: 'tostring(Properties.via) == "service-bus" or tostring(Properties.outcome) in ("not_accepted", "unknown")'
    measure: 'Sum'
    aggregation: 'Total'
    moreThan: 50
    windowMinutes: 5
  }
  {
    name: 'outbox-age'
    says: 'An outbox was never empty: messages wait in it and are not sent'
    severity: 2
    metric: 'outbox_left_chunks'
    where: 'true'
    measure: 'Min'
    aggregation: 'Minimum'
    moreThan: 0
    windowMinutes: 10
  }
  {
    name: 'unknown-outcomes'
    says: 'Nobody knows what the payment provider did, for many payments'
    severity: 2
    metric: 'unknown_total'
    where: 'tostring(Properties.kind) == "payment"'
    measure: 'Sum'
    aggregation: 'Total'
    moreThan: 20
    windowMinutes: 15
  }
  {
    name: 'books-not-compared'
    says: 'Nobody compares the payment provider\'s ledger with ours'
    severity: 2
    metric: 'payment_books_age_seconds'
    where: 'true'
    measure: 'Min'
    aggregation: 'Minimum'
    moreThan: 1800
    windowMinutes: 15
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'operators-${suffix}'
  location: 'global'
  properties: {
    groupShortName: 'operators'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in logAlerts: {
  name: '${alert.name}-${suffix}'
  location: location
  properties: {
    displayName: alert.says
    description: '${runbooksUrl}/${alert.name}.md'
    severity: alert.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT${alert.windowMinutes}M'
    // One alert for each service: the scope is half of the answer. Each text is quoted as KQL quotes.
    criteria: {
      allOf: [
        {
          query: 'ContainerAppConsoleLogs_CL | where Log_s has_any (dynamic(${string(alert.texts)})) | extend service = ContainerAppName_s'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: alert.moreThan
          dimensions: [{ name: 'service', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [operators.id], customProperties: { runbook: '${runbooksUrl}/${alert.name}.md' } }
  }
}]

resource metricRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in metricAlerts: {
  name: '${alert.name}-${suffix}'
  location: location
  properties: {
    displayName: alert.says
    description: '${runbooksUrl}/${alert.name}.md'
    severity: alert.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT${alert.windowMinutes}M'
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "${alert.metric}" | where ${alert.where} | extend service = AppRoleName'
          metricMeasureColumn: alert.measure
          timeAggregation: alert.aggregation
          operator: 'GreaterThan'
          threshold: alert.moreThan
          dimensions: [{ name: 'service', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [operators.id], customProperties: { runbook: '${runbooksUrl}/${alert.name}.md' } }
  }
}]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead-letters-${suffix}'
  location: 'global'
  properties: {
    description: '${runbooksUrl}/dead-letters.md'
    severity: 2
    enabled: true
    scopes: [namespaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead letters by topic'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: [{ actionGroupId: operators.id }]
  }
}

// A topic that is full takes nothing more, and what it holds includes its dead letters, which nothing ever removes but people.
resource fillingTopics 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'filling-topics-${suffix}'
  location: 'global'
  properties: {
    description: '${runbooksUrl}/outbox-age.md'
    severity: 2
    enabled: true
    scopes: [namespaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'bytes by topic'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'Size'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          // Half of maxSizeInMegabytes in libs/contracts/generated/azure-service-bus.json; a test holds the two together.
          threshold: 2684354560
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: [{ actionGroupId: operators.id }]
  }
}

// A database at its limit is slow long before it is away. DTU and vCore databases have this metric alike.
resource busyDatabases 'Microsoft.Insights/metricAlerts@2018-03-01' = [for (id, index) in databaseIds: {
  name: 'busy-database-${index}-${suffix}'
  location: 'global'
  properties: {
    description: '${runbooksUrl}/breaker-open.md'
    severity: 2
    enabled: true
    scopes: [id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        { name: 'workers', criterionType: 'StaticThresholdCriterion', metricName: 'workers_percent', timeAggregation: 'Average', operator: 'GreaterThan', threshold: 80 }
      ]
    }
    actions: [{ actionGroupId: operators.id }]
  }
}]
