# Stage 1: install the service and what it needs, at the versions of requirements.lock, into
# /opt/mdm.
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir uv==0.13.9
RUN python -m venv --without-pip /opt/mdm
WORKDIR /src
COPY pyproject.toml requirements.lock ./
RUN uv pip install --python /opt/mdm/bin/python --no-cache --compile-bytecode \
    --constraint requirements.lock --requirement pyproject.toml --extra mysql
COPY README.md LICENSE ./
COPY mdm mdm
COPY api api
COPY matching_rules matching_rules
RUN uv pip install --python /opt/mdm/bin/python --no-cache --compile-bytecode --no-deps \
    --build-constraint requirements.lock .

# Stage 2: the same Python with /opt/mdm, run by a user who may write to /data alone.
FROM python:3.11-slim
COPY --from=build /opt/mdm /opt/mdm
RUN useradd --uid 10001 --user-group --no-create-home mdm && install --directory --owner=mdm /data
ENV PATH=/opt/mdm/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MDM_DATABASE_URL=sqlite:////data/mdm.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s --timeout=5s CMD ["python", "-c", "import http.client; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); exit(c.getresponse().status != 200)"]
CMD ["sh", "-c", "mdm init && exec mdm serve --host 0.0.0.0 --port 8000"]
