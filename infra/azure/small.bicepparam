using 'main.bicep'

param environmentName = readEnvironmentVariable('ENVIRONMENT_NAME', 'test')
param size = 'small'
param stage = readEnvironmentVariable('STAGE', 'all')
param imageTag = readEnvironmentVariable('IMAGE_TAG', 'main')
param sqlAdministrators = { name: readEnvironmentVariable('SQL_ADMINS_NAME', ''), objectId: readEnvironmentVariable('SQL_ADMINS_ID', '') }
param auth = {
  issuer: readEnvironmentVariable('AUTH_ISSUER', '')
  audience: 'api://scanlon-checkout'
  jwksUrl: readEnvironmentVariable('AUTH_JWKS_URL', '')
}
param tillTokenUrl = readEnvironmentVariable('TILL_TOKEN_URL', '')
param provider = { url: readEnvironmentVariable('PROVIDER_URL', ''), mode: 'test' }
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param runbooksUrl = readEnvironmentVariable('RUNBOOKS_URL', '')
