#!/bin/sh
# Removes packages that are installed and never loaded, two thirds of the size of what is left. Every target of the
# Dockerfile that runs a program is tried with what remains.
set -eu
cd node_modules

# The schema registry's client brings the key management of three clouds, for encrypted fields, which no contract has.
rm -rf @aws @aws-crypto @aws-sdk @smithy @azure @azure-rest @typespec @google-cloud google-gax @grpc protobufjs \
  proto3-json-serializer web-streams-polyfill
# An optional peer of the OpenAPI generator's compiler plugin.
rm -rf typescript @typescript

# Types and source maps of others' packages.
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
