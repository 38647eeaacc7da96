# syntax=docker/dockerfile:1
# One file for every program: `docker build --target cart .` An image holds compiled code and what it needs to run, nothing else
# (tools/image.mjs says what that is, and a test holds the list against it).

FROM node:24.21.0-bookworm-slim AS sources
WORKDIR /src
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
RUN node tools/image.mjs cart /out/cart \
 && node tools/image.mjs orchestrator /out/orchestrator \
 && node tools/image.mjs inventory /out/inventory \
 && node tools/image.mjs payment /out/payment \
 && node tools/image.mjs receipt /out/receipt \
 && node tools/image.mjs identity /out/identity \
 && node tools/image.mjs provider /out/provider \
 && node tools/image.mjs service-bus /out/service-bus \
 && node tools/image.mjs network /out/network

FROM node:24.21.0-bookworm-slim AS runtime
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8080
WORKDIR /app
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]

FROM runtime AS cart
COPY --from=sources /out/cart .

FROM runtime AS orchestrator
COPY --from=sources /out/orchestrator .

FROM runtime AS inventory
COPY --from=sources /out/inventory .

FROM runtime AS payment
COPY --from=sources /out/payment .

FROM runtime AS receipt
COPY --from=sources /out/receipt .

# The stand-ins that compose needs. They are no part of a deployment to Azure.
FROM runtime AS stand-in
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM stand-in AS identity
COPY --from=sources /out/identity .

FROM stand-in AS provider
COPY --from=sources /out/provider .

FROM stand-in AS service-bus
COPY --from=sources /out/service-bus .

FROM runtime AS shops
COPY --from=sources /out/network .
HEALTHCHECK NONE
CMD ["node", "dist/open-shops.js"]
