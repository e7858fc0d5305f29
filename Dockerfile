# Two stages: the SDK compiles native programs, and a small image without shell, package manager or .NET runs them.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble-aot AS build
WORKDIR /source

# The project files first: as long as they stay as they are, the restored packages come from the cache.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Ledger/Ledger.csproj src/Ledger/
COPY src/Projections/Projections.csproj src/Projections/
COPY src/Web/Web.csproj src/Web/
COPY src/Admin/Admin.csproj src/Admin/
RUN dotnet restore src/Web --os linux && dotnet restore src/Admin --os linux

COPY src src
RUN dotnet publish src/Web -c Release --os linux --no-restore -o /app && dotnet publish src/Admin -c Release --os linux --no-restore -o /app \
    && rm /app/*.dbg /app/*.pdb /app/*.xml
RUN install -d -m 0700 /data

# "extra" is the variant with ICU: names are compared by Unicode's rules, and the relay refuses to run without them.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
# Made beforehand so that a new volume belongs to the relay's user. No VOLUME here: some platforms refuse to build it.
COPY --from=build --chown=$APP_UID:$APP_UID /data /data

# ASPNETCORE_HTTP_PORTS: the base image sets one, but PORT decides. Diagnostics off: nobody attaches to a process that
# has messages in its memory.
# PATH: docker compose exec relay securechat-admin status
ENV PATH=/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DATA_DIR=/data \
    PORT=3000 \
    ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
EXPOSE 3000
USER $APP_UID

# There is no curl in this image: the relay asks itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/app/SecureChat.Web", "--health"]
ENTRYPOINT ["/app/SecureChat.Web"]
