# Messenger as an image: docker build -t messenger . && docker run -p 4000:4000 -v messenger:/data messenger
#
# Every stage but the last makes files that are the same for all machines (JavaScript, and argon2 with the binaries of each), so it
# runs on the machine that builds; one for arm64 costs no emulation beyond the one `rm` of the last stage.

# What npm needs to know of every workspace and nothing else, so that a changed source does not install anew.
FROM --platform=$BUILDPLATFORM node:26.10.0-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name 'package*.json' -delete && find . -mindepth 1 -type d -empty -delete

# Everything that building and development need.
FROM --platform=$BUILDPLATFORM node:26.10.0-slim AS dependencies
WORKDIR /app
COPY --from=manifests /app .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund

# For docker-compose.yml, which mounts the sources over those of here.
FROM node:26.10.0-slim AS development
WORKDIR /app
COPY --from=dependencies --chown=1000:1000 /app .
COPY --chown=1000:1000 . .
USER 1000:1000
ENV HOST=0.0.0.0 PORT=4000
EXPOSE 4000
STOPSIGNAL SIGTERM
CMD ["node", "tools/dev.mjs"]

# The web client, and the certificates by which Amazon's databases are known.
FROM dependencies AS build
COPY . .
RUN node tools/build.mjs && node tools/certificates.mjs certificates/rds.pem && chmod -R a+rX apps/web/dist certificates

# What the server runs on: its own dependencies, without what only compilers and debuggers read. A workspace that npm has not
# linked is none of them. Files keep the modes of the clone, which may be its owner's alone: nobody reads them in a container then.
FROM --platform=$BUILDPLATFORM node:26.10.0-slim AS production
WORKDIR /app
COPY --from=manifests /app .
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund --workspace @messenger/server
RUN find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete && rm -r node_modules/effect/src node_modules/@effect/*/src
COPY . .
RUN for folder in apps/* packages/*; do [ -e "node_modules/@messenger/${folder#*/}" ] || rm -r "$folder"; done && rm -r tools && chmod -R a+rX . && mkdir /data

FROM node:26.10.0-slim AS runtime
# Nothing is installed in a container that runs, and what is not there needs no updates.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn*
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/certificates certificates
COPY --from=build /app/apps/web/dist apps/web/dist
COPY --from=production /app/package.json /app/LICENSE ./
COPY --from=production /app/packages packages
COPY --from=production /app/apps apps
COPY --from=production --chown=1000:1000 /data /data
# `node`, by number, so that an orchestrator sees that it is not root.
USER 1000:1000
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
VOLUME /data
EXPOSE 4000
# A start migrates the database first, which may take its time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Messenger" \
      org.opencontainers.image.description="A real-time messaging server that a team starts with one line and trusts with its conversations" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:26.10.0-slim" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
CMD ["node", "apps/server/src/main.ts"]
