# The front-end packages come from npm, the program from Go; neither toolchain
# is in the image that runs.
FROM node:20-bookworm-slim AS web
WORKDIR /src/app/web
COPY app/web/package.json app/web/package-lock.json app/web/.npmrc ./
RUN npm ci --no-audit --no-fund

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/app/web/node_modules app/web/node_modules
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /readiness ./app \
 && mkdir -m 700 /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /readiness /readiness
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build --chown=65532:65532 /data /tmp
USER 65532:65532
ENV ADDR=0.0.0.0:8080 DATA_DIR=/data LOG_FORMAT=json
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["/readiness"]
