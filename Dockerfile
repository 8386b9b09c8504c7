# Waterline with gunicorn, for compose.yaml or any platform that runs containers. See docs/docker.md.
# The Python that the tests run on. Raise the patch version with each release of it.
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt

FROM python:3.11.14-slim-bookworm
# Pango and fonts are for PDF files; fonts-noto-core has letters of most scripts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache --system-only \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin waterline
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py gunicorn.conf.py ./
COPY ssbc_eval ssbc_eval
COPY evaluations evaluations
COPY templates templates
COPY static static
COPY fixtures fixtures
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp PORT=8000
# Compiled and collected once, here: the running container cannot write. Nothing of this environment stays.
RUN python -m compileall -q /app \
    && SECRET_KEY=only-to-collect-files IDENTITY_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
        SITE_URL=https://collect.invalid DATABASE_URL=sqlite:////tmp/collect.sqlite3 \
        python manage.py collectstatic --noinput
USER waterline
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "ssbc_eval.probe", "healthz"]
CMD ["gunicorn", "ssbc_eval.wsgi"]
