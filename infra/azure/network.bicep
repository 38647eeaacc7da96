// A network of our own, for those who let nothing but private endpoints reach their data.

param location string
param suffix string

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: 'vnet-${suffix}'
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'containers'
        // A workload-profile environment takes /27 or larger; this leaves room for revisions side by side.
        properties: {
          addressPrefix: '10.20.0.0/23'
          delegations: [{ name: 'containers', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'functions'
        properties: {
          addressPrefix: '10.20.2.0/26'
          delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      { name: 'endpoints', properties: { addressPrefix: '10.20.3.0/26', privateEndpointNetworkPolicies: 'Disabled' } }
    ]
  }
}

output networkId string = network.id
output containerSubnetId string = network.properties.subnets[0].id
output functionsSubnetId string = network.properties.subnets[1].id
output endpointSubnetId string = network.properties.subnets[2].id
