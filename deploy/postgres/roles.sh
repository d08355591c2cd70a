#!/bin/sh
# The roles that the product connects as, besides `skincare`, which owns the tables. The image
# postgres runs this once, when it makes its data folder; for a server that is there already:
#   PGHOST=… POSTGRES_USER=postgres POSTGRES_DB=skincare WEB_PASSWORD=… WORKER_PASSWORD=… \
#     ANALYST_PASSWORD=… sh roles.sh
# They may do nothing yet: each migration grants them what data/rights.py says.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=web="$WEB_PASSWORD" --set=worker="$WORKER_PASSWORD" --set=analyst="$ANALYST_PASSWORD" <<'SQL'
CREATE ROLE skincare_app LOGIN PASSWORD :'web';
CREATE ROLE skincare_worker LOGIN PASSWORD :'worker';
CREATE ROLE skincare_analyst LOGIN PASSWORD :'analyst';
SQL
