// Bus, databases and vault as addresses inside the network, each with its private name.

param location string
param suffix string
param networkId string
param subnetId string
param serviceBusId string
param sqlServerId string
param vaultId string

var targets = [
  { name: 'service-bus', id: serviceBusId, group: 'namespace', zone: 'privatelink.servicebus.windows.net' }
  #disable-next-line no-hardcoded-env-urls
  { name: 'sql', id: sqlServerId, group: 'sqlServer', zone: 'privatelink.database.windows.net' }
  { name: 'vault', id: vaultId, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
]

resource zones 'Microsoft.Network/privateDnsZones@2020-06-01' = [for target in targets: {
  name: target.zone
  location: 'global'
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [for (target, index) in targets: {
  parent: zones[index]
  name: 'vnet-${suffix}'
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
}]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-01-01' = [for target in targets: {
  name: 'pe-${target.name}-${suffix}'
  location: location
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [{ name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.group] } }]
  }
}]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-01-01' = [for (target, index) in targets: {
  parent: endpoints[index]
  name: 'default'
  properties: { privateDnsZoneConfigs: [{ name: target.name, properties: { privateDnsZoneId: zones[index].id } }] }
}]
