// The till in the browser: static files. Content is deployed by the pipeline.

param location string
param suffix string

resource site 'Microsoft.Web/staticSites@2024-04-01' = {
  name: 'stapp-${suffix}'
  location: location
  sku: { name: 'Standard', tier: 'Standard' }
  properties: { allowConfigFileUpdates: true, stagingEnvironmentPolicy: 'Disabled' }
}

output url string = 'https://${site.properties.defaultHostname}'
