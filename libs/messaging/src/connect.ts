import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import { azureCredential } from '@checkout/sql';

/**
 * A client for what `SERVICE_BUS_CONNECTION` says: a connection string, whose key is the credential, or a host name, and then the identity of the
 * process is. It renews its tokens by itself, two minutes before they end.
 */
export const connectServiceBus = (connection: string, options: ServiceBusClientOptions = {}): ServiceBusClient =>
  (connection.includes('=') ? new ServiceBusClient(connection, options) : new ServiceBusClient(connection, azureCredential(), options));
