# syntax=docker/dockerfile:1
# One file for every program: `docker build --target cart .` An image holds compiled code and what it needs to run, nothing else
# (tools/image.mjs says what that is, and a test holds the list against it).

FROM node:24.21.0-bookworm-slim AS sources
WORKDIR /src
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
RUN node tools/image.mjs /out \
  services/cart services/orchestrator services/inventory services/payment services/receipt services/functions \
  infra/local/identity infra/local/provider infra/local/service-bus infra/local/functions infra/local/network

FROM node:24.21.0-bookworm-slim AS runtime
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8080
WORKDIR /app
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]

FROM runtime AS cart
COPY --from=sources /out/services/cart .

FROM runtime AS orchestrator
COPY --from=sources /out/services/orchestrator .

FROM runtime AS inventory
COPY --from=sources /out/services/inventory .

FROM runtime AS payment
COPY --from=sources /out/services/payment .

FROM runtime AS receipt
COPY --from=sources /out/services/receipt .

# The functions app as it is deployed to Azure, where the platform brings the host; here for its migrations.
FROM runtime AS functions
COPY --from=sources /out/services/functions .
HEALTHCHECK NONE
CMD ["node", "dist/migrate.js"]

# The stand-ins that compose needs. They are no part of a deployment to Azure.
FROM runtime AS stand-in
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM stand-in AS identity
COPY --from=sources /out/infra/local/identity .

FROM stand-in AS provider
COPY --from=sources /out/infra/local/provider .

FROM stand-in AS service-bus
COPY --from=sources /out/infra/local/service-bus .

FROM stand-in AS desk
COPY --from=sources /out/infra/local/functions .
COPY --from=sources /out/services/functions /app/desk
ENV APP_DIR=/app/desk

FROM runtime AS shops
COPY --from=sources /out/infra/local/network .
HEALTHCHECK NONE
CMD ["node", "dist/open-shops.js"]
