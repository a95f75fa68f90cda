# docker build -t mcp-calc .
# docker run --rm -p 127.0.0.1:1453:1453 mcp-calc
# docker run --rm -i mcp-calc stdio
FROM node:22-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.types.json tsconfig.page.json esbuild.config.js ./
COPY scripts scripts
COPY bin bin
COPY src src
RUN node esbuild.config.js --no-types

FROM node:22-alpine
LABEL org.opencontainers.image.licenses="MIT" io.modelcontextprotocol.server.name="io.github.OWNER/mcp-calc"
ENV NODE_ENV=production
WORKDIR /app
# All packages are in the bundle.
COPY --from=build /app/package.json ./
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
USER node
EXPOSE 1453
# Alive, not ready: an outage of Redis is no reason to restart a node.
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "bin/mcp-calc.js", "health", "http://127.0.0.1:1453/livez"]
ENTRYPOINT ["node", "bin/mcp-calc.js"]
CMD ["http", "--stateful", "--host", "0.0.0.0"]
