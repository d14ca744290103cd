# The image of every raterwatch process; the command says which one: worker (default), topics, simulate, replay, …
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
# The version that stack/bootstrap.sh uses; a test holds the two together.
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=0 UV_CACHE_DIR=/var/cache/uv
WORKDIR /src
# The dependencies change less often than the sources, so they are a layer of their own.
RUN --mount=type=cache,target=/var/cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --locked --no-install-project --no-dev
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY stream stream
COPY stack stack
COPY alerts alerts
COPY raterwatch raterwatch
COPY grafana/dashboards grafana/dashboards
RUN --mount=type=cache,target=/var/cache/uv uv sync --locked --no-editable --no-dev

FROM ${PYTHON}
# The number is written out so that Kubernetes can see that it is not root.
RUN groupadd --system --gid 10001 raterwatch \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent raterwatch \
 && install -d -o raterwatch -g raterwatch /var/cache/raterwatch /var/lib/raterwatch
COPY --from=build /src/.venv /src/.venv
ENV PATH=/src/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR=/var/cache/raterwatch
USER 10001:10001
# The kernels are compiled here once; a new volume over the folder begins as its copy.
RUN ["raterwatch", "worker", "--compile-only"]
WORKDIR /var/lib/raterwatch
EXPOSE 9100
ENTRYPOINT ["raterwatch"]
CMD ["worker"]
