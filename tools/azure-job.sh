#!/usr/bin/env bash
# Runs a Container Apps job once and waits for its end: tools/azure-job.sh <resource group> <job>. Ends with 1 when the job does not succeed.
set -euo pipefail
group=$1
job=$2
execution=$(az containerapp job start --resource-group "$group" --name "$job" --query name --output tsv)
for _ in $(seq 180); do
  status=$(az containerapp job execution show --resource-group "$group" --name "$job" --job-execution-name "$execution" --query properties.status --output tsv)
  case $status in
    Succeeded) echo "$job: $status"; exit 0 ;;
    Failed | Degraded | Stopped) echo "$job: $status; its log: az containerapp job logs show --resource-group $group --name $job --execution $execution --container migrate" >&2; exit 1 ;;
  esac
  sleep 10
done
echo "$job did not end within half an hour" >&2
exit 1
