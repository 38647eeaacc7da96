// One identity for each service: what it may do is said where the thing is that it may do it to.

param location string
param suffix string
param names string[]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [for name in names: {
  name: 'id-${name}-${suffix}'
  location: location
}]

@description('For each service: the identity as a container is given it, and the principal that roles are assigned to.')
output entries { service: string, id: string, name: string, clientId: string, principalId: string }[] = [for (name, index) in names: {
  service: name
  id: identity[index].id
  name: identity[index].name
  clientId: identity[index].properties.clientId
  principalId: identity[index].properties.principalId
}]
