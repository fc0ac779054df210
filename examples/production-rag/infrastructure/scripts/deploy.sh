#!/usr/bin/env bash
# Deploys the whole stack of an environment: deploy.sh ENVIRONMENT REGION
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: deploy.sh ENVIRONMENT REGION" >&2
  exit 2
fi
environment=$1
region=$2
here=$(cd "$(dirname "$0")/.." && pwd)

# Older AWS CLIs do not read AWS_ENDPOINT_URL for every service.
endpoint=()
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then
  endpoint=(--endpoint-url "$AWS_ENDPOINT_URL")
fi

aws ${endpoint[@]+"${endpoint[@]}"} cloudformation deploy \
  --region "$region" \
  --stack-name "$environment-rag-stack" \
  --template-file "$here/production.yaml" \
  --parameter-overrides "EnvironmentName=$environment" \
  --capabilities CAPABILITY_IAM \
  --no-fail-on-empty-changeset
