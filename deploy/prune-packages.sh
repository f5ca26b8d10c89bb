#!/bin/sh
# Removes what npm installs and no program here loads: two thirds of it. `npm run test:compose` runs every program with
# what is left.
#   prune-packages.sh --keep-clouds   leaves the clients of the clouds, which Snowflake's driver stages files with
set -eu
# Settings of npm, which installs nothing any more.
rm -f .npmrc
cd node_modules

# The schema registry's client brings the key management of three clouds, for encrypted fields, which no contract has.
if [ "${1:-}" != --keep-clouds ]; then
  rm -rf @aws @aws-crypto @aws-sdk @smithy @azure @azure-rest @typespec @google-cloud google-gax @grpc protobufjs \
    proto3-json-serializer web-streams-polyfill
fi
# An optional peer of the OpenAPI generator's compiler plugin.
rm -rf typescript @typescript

# onnxruntime-node brings the libraries of every platform, and what its install script, which is not run, would need.
rm -rf onnxruntime-node/bin/napi-v6/darwin onnxruntime-node/bin/napi-v6/win32
case "$(uname -m)" in aarch64) other=x64 ;; *) other=arm64 ;; esac
rm -rf onnxruntime-node/bin/napi-v6/linux/"$other" onnxruntime-node/script adm-zip global-agent globalthis matcher serialize-error

# Types and source maps of others' packages.
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
