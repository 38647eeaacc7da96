/** In the form `mssql` takes. */
export const connectionString = (port: number, database: string, password: string) =>
  `Server=127.0.0.1,${port};Database=${database};User Id=sa;Password=${password};Encrypt=false;TrustServerCertificate=true`;
