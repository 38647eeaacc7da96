import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';

let shared: TokenCredential | undefined;

/**
 * The identity of this process: a managed identity on Azure (`AZURE_CLIENT_ID` names which), who is signed in on a laptop. One for databases and
 * bus alike, because it keeps its tokens: a pool that connects ten times asks for one.
 */
export const azureCredential = (): TokenCredential => (shared ??= new DefaultAzureCredential());
