#!/bin/bash
# A database for each service, on the one SQL Server of compose. On Azure they are rented one by one (infra/azure/sql.bicep).
set -euo pipefail
for name in cart orchestrator inventory payment receipt operations; do
  /opt/mssql-tools18/bin/sqlcmd -C -S sql -U sa -P "$MSSQL_SA_PASSWORD" -b -Q "
    IF DB_ID('$name') IS NULL CREATE DATABASE [$name];
    ALTER DATABASE [$name] SET READ_COMMITTED_SNAPSHOT ON;"
done
