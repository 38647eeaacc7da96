import { createECDH, createHash } from 'node:crypto';
import { join } from 'node:path';
import { busKeyOf, rootPolicy, type BusUser } from './access.ts';
import { fixedPorts, type Ports } from './addresses.ts';
import { defaultStateDirectory } from './paths.ts';
import { clientsIn, type Client } from './people.ts';

export const serviceNames = ['cart', 'orchestrator', 'inventory', 'payment', 'receipt'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Among containers each program is found by its name; the ports are the same as on a laptop. */
const isInCompose = process.env['HOSTS'] === 'names';

/** Where a system on this machine is found, and who may talk to it; whether it runs is another matter. */
export class Site {
  readonly stateDirectory: string;
  readonly ports: Ports;
  readonly clients: readonly Client[];
  /** Born on this machine with the clients, and of no use elsewhere. */
  readonly sqlPassword: string;
  /** What the payment provider signs its webhooks with; born here too. */
  readonly webhookSecret: string;
  /** What cart signs with: what tills may take on cards alone. A private key, as a JSON Web Key; born here too. */
  readonly limitsKey: string;

  /** The system that `npm start` runs. */
  static ofStart(): Site {
    return new Site(defaultStateDirectory, fixedPorts);
  }

  constructor(stateDirectory: string, ports: Ports) {
    this.stateDirectory = stateDirectory;
    this.ports = ports;
    this.clients = clientsIn(this.clientsFile);
    this.sqlPassword = `Local-${this.clients[0]?.secret ?? ''}`;
    this.webhookSecret = `whsec_${createHash('sha256').update(`webhooks ${this.sqlPassword}`).digest('base64')}`;
    this.limitsKey = signingKeyOf(`limits ${this.sqlPassword}`);
  }

  get clientsFile(): string {
    return join(this.stateDirectory, 'identity', 'clients.json');
  }

  url(program: ServiceName | 'functions' | 'web' | 'identity' | 'provider'): string {
    return `http://${isInCompose ? program : '127.0.0.1'}:${this.ports[program]}`;
  }

  /** With all rights: for those who look on from outside. */
  get serviceBusConnection(): string {
    return this.#busConnection(rootPolicy.name, rootPolicy.key);
  }

  /** With the rights of one service. */
  serviceBusConnectionOf(user: BusUser): string {
    return this.#busConnection(user, busKeyOf(user, this.sqlPassword));
  }

  #busConnection(name: string, key: string): string {
    return `Endpoint=sb://127.0.0.1:${this.ports.bus};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
  }

  sqlConnection(database: ServiceName | 'operations'): string {
    return `Server=127.0.0.1,${this.ports.sql};Database=${database};User Id=sa;Password=${this.sqlPassword};Encrypt=false;TrustServerCertificate=true`;
  }
}

/** A P-256 key that a secret makes: the same at every start, so that tills go on trusting what they were told. */
function signingKeyOf(secret: string): string {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(createHash('sha256').update(secret).digest());
  const point = curve.getPublicKey();
  const base64url = (bytes: Buffer): string => bytes.toString('base64url');
  return JSON.stringify({ kty: 'EC', crv: 'P-256', x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)), d: base64url(curve.getPrivateKey()) });
}
