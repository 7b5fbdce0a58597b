# The tool alone. `docker build -t provisioner .`; a tenant's folder is mounted at /tenant.
FROM python:3.11-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY provisioner provisioner
RUN python -m venv /opt/provisioner \
 && /opt/provisioner/bin/python -m pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt '.[postgres]'

FROM python:3.11-slim
COPY --from=build /opt/provisioner /opt/provisioner
RUN useradd --create-home --uid 10001 provisioner
ENV PATH=/opt/provisioner/bin:$PATH
USER 10001
WORKDIR /tenant
ENTRYPOINT ["provisioner"]
