// The dashboard that answers "since when, which stores, which dependency, has money moved".

param location string
param suffix string
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'checkout')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Scanlon Checkout ${suffix}'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('workbook.json')
  }
}
