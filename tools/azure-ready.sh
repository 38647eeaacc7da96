#!/usr/bin/env bash
# Waits until the newest revision of a container app is the one that serves. A deployment says "succeeded" when Azure has taken the template; a revision that is
# not ready (its database is older, a setting is wrong) gets no traffic then, and a sale would be sold by the one before it.
# usage: tools/azure-ready.sh <resource group> <app> [seconds to wait]
set -euo pipefail
group=$1 app=$2 limit=${3:-300}
for (( waited = 0; waited <= limit; waited += 5 )); do
  read -r latest ready <<< "$(az containerapp show --resource-group "$group" --name "$app" --query '[properties.latestRevisionName, properties.latestReadyRevisionName]' --output tsv | tr '\n' ' ')"
  [ -n "$latest" ] && [ "$latest" = "$ready" ] && { echo "$app serves by $latest"; exit 0; }
  sleep "${POLL_SECONDS:-5}"
done
echo "$app: $latest is not ready after $limit s; ${ready:-nothing} goes on serving. Look at: az containerapp logs show --resource-group $group --name $app --revision $latest" >&2
exit 1
