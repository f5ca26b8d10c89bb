#!/bin/sh
# Removes what npm installs and no program here loads: two thirds of it. `npm run test:compose` runs every program with
# what is left.
set -eu
cd node_modules

# The schema registry's client brings the key management of three clouds, for encrypted fields, which no contract has.
rm -rf @aws @aws-crypto @aws-sdk @smithy @azure @azure-rest @typespec @google-cloud google-gax @grpc protobufjs \
  proto3-json-serializer web-streams-polyfill
# An optional peer of the OpenAPI generator's compiler plugin.
rm -rf typescript @typescript

# Types and source maps of others' packages.
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
