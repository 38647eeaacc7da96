// What a small, a medium and a large retailer rent. The monthly cost of each, with its date and source, is in docs/deploy.md.

@export()
type Size = 'small' | 'medium' | 'large'

@export()
type Allotment = {
  @description('Service Bus tier. Premium has its own capacity and private endpoints; Standard shares and throttles.')
  serviceBus: { tier: 'Standard' | 'Premium', messagingUnits: int }

  @description('An elastic pool for all databases, or null: then each database stands alone with `database`.')
  sqlPool: { name: string, tier: string, capacity: int, maxPerDatabase: int }?

  @description('A single database\'s service objective, when there is no pool.')
  database: { name: string, tier: string, capacity: int }

  @description('One instance of a service, and how many at least and at most. At least two, so that a revision or a host can go.')
  replica: { cpu: string, memory: string, min: int, max: int }

  registry: 'Basic' | 'Standard' | 'Premium'
  zoneRedundant: bool
  logRetentionDays: int
}

@export()
var sizes = {
  small: {
    serviceBus: { tier: 'Standard', messagingUnits: 1 }
    sqlPool: { name: 'StandardPool', tier: 'Standard', capacity: 100, maxPerDatabase: 50 }
    database: { name: 'S1', tier: 'Standard', capacity: 20 }
    replica: { cpu: '0.5', memory: '1Gi', min: 2, max: 4 }
    registry: 'Basic'
    zoneRedundant: false
    logRetentionDays: 30
  }
  medium: {
    serviceBus: { tier: 'Premium', messagingUnits: 1 }
    sqlPool: { name: 'GP_Gen5', tier: 'GeneralPurpose', capacity: 4, maxPerDatabase: 4 }
    database: { name: 'GP_Gen5', tier: 'GeneralPurpose', capacity: 2 }
    replica: { cpu: '1.0', memory: '2Gi', min: 2, max: 8 }
    registry: 'Premium'
    zoneRedundant: true
    logRetentionDays: 90
  }
  large: {
    serviceBus: { tier: 'Premium', messagingUnits: 4 }
    sqlPool: null
    database: { name: 'BC_Gen5', tier: 'BusinessCritical', capacity: 8 }
    replica: { cpu: '2.0', memory: '4Gi', min: 3, max: 8 }
    registry: 'Premium'
    zoneRedundant: true
    logRetentionDays: 180
  }
}
